// A recorded case in one shape, whoever ran it: tokens asked for, requests, outputs, and the error of a node that stopped.

/** What the community node did. */
export function recorded({ expected }) {
	const { tokens, requests, output, error } = expected;
	return { tokens: tokens.map(({ body }) => body), requests: requests.map(request), output: outputs(output), error: output === undefined ? failure(error) : undefined };
}

/** What this node did. */
export function answered({ tokens, requests, result, refused }) {
	if (refused !== undefined) return { tokens, requests: requests.map(request), output: [], error: { message: `refused: ${refused}` } };
	const stopped = result.status !== 'success';
	return { tokens, requests: requests.map(request), output: stopped ? [] : outputs(result.data.main), error: stopped ? failure(result.error) : undefined };
}

/** The parameters for an item, with defaults (those of hidden ones are gone), expressions evaluated. */
export function parametersOf({ expected, items }, itemIndex, parameters = expected.resolvedParameters) {
	const json = items[itemIndex];
	const scope = { $json: json, $itemIndex: itemIndex, $input: { all: () => items }, $: () => ({ item: { json } }) };
	const evaluate = (code) => new Function(...Object.keys(scope), `return (${code})`)(...Object.values(scope));
	const resolve = (value) => {
		if (Array.isArray(value)) return value.map(resolve);
		if (value !== null && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner)]));
		if (typeof value !== 'string' || !value.startsWith('=')) return value;
		const whole = /^=\{\{([^}]*)\}\}$/.exec(value);
		return whole ? evaluate(whole[1]) : value.slice(1).replace(/\{\{([^}]*)\}\}/g, (_, code) => String(evaluate(code)));
	};
	return resolve(parameters);
}

export const byText = (left, right) => (String(left) < String(right) ? -1 : Number(String(left) > String(right)));

/** GET, DELETE and void carry no body here (`no-body`). */
function request({ method, path, query, body }) {
	const carriesBody = method === 'POST' && !path.endsWith('/void');
	return { method, path, query: [...query].sort(byText), body: carriesBody ? structuredClone(body ?? null) : null };
}

/** The items' data without empty outputs at the end; pairing is this host's own (`lineage` in docs/compatibility.md). */
function outputs(main) {
	const data = (main ?? []).map((items) => (items ?? []).map(({ json, pairedItem }) => ({ json: json ?? null, item: pairedItem?.item })));
	while (data.length > 0 && data.at(-1).length === 0) data.pop();
	return data;
}

const failure = (error) => ({ message: error?.message, httpCode: error?.httpCode });
