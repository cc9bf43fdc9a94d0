// What credentials add to a request: every credential type of n8n-nodes-base with a generic `authenticate`; headers, query,
// body and basic authentication, as they arrive at a server.

import { spawnSync } from 'node:child_process';

export const name = 'credentials';
export const rows = ['credential-complete'];

const BUNDLE = 'n8n-nodes-base/dist/types/credentials.json';

const PLAIN = (name) => (/url|host|domain|server/i.test(name) ? `https://${name.toLowerCase()}.example` : `${name}-value`);
const variants = {
	plain: PLAIN,
	// Everything that URLs, JSON and headers have to encode; names of headers stay names.
	special: (name) => (name === 'name' ? 'x-special' : `${PLAIN(name)} a&b=c%20+"\\é/ü?#`),
	empty: (name) => (name === 'name' ? 'x-empty' : ''),
};

function dataOf(list, text) {
	const data = {};
	for (const property of list) {
		if (property.type === 'hidden' || property.type === 'notice') continue;
		if (property.type === 'string' || property.type === 'json') data[property.name] ??= text(property.name);
		else if (property.type === 'options') data[property.name] ??= property.options[0].value;
		else if (property.default !== undefined) data[property.name] ??= property.default;
	}
	return data;
}

/** n8n's own view of the types: their properties with the inherited ones, and the requests that they authenticate. */
function oracle(n8n) {
	const { Workflow, NodeHelpers, deepCopy } = n8n('n8n-workflow');
	const byName = new Map(n8n(BUNDLE).map((type) => [type.name, type]));
	const properties = (name) => {
		const { extends: parents = [], properties: own } = byName.get(name);
		const combined = [];
		for (const parent of parents) NodeHelpers.mergeNodeProperties(combined, properties(parent));
		NodeHelpers.mergeNodeProperties(combined, own);
		return combined;
	};
	const node = { id: '1', name: 'Node', type: 'test.node', typeVersion: 1, position: [0, 0], parameters: {} };
	const nodeTypes = { getByName: () => undefined, getByNameAndVersion: () => ({ description: { properties: [] } }), getKnownTypes: () => ({}) };
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });

	// As n8n's credentials helper: defaults, expressions on $self, then the `authenticate` block.
	const request = (name, given) => {
		const filled = NodeHelpers.getNodeParameters(properties(name), given, true, false, null, null);
		const credentials = workflow.expression.getComplexParameterValue(node, filled, 'internal', {}, undefined, undefined, deepCopy(filled));
		const resolve = (value) => {
			if (typeof value !== 'string') return String(value);
			if (value.charAt(0) !== '=') return value;
			const found = workflow.expression.getSimpleParameterValue(node, value, 'internal', { $credentials: credentials }, undefined, '');
			return found ? String(found) : '';
		};
		const made = { headers: {}, qs: {}, body: {}, auth: {} };
		for (const [place, entries] of Object.entries(byName.get(name).authenticate.properties)) {
			for (const [key, value] of Object.entries(entries)) made[place][resolve(key)] = resolve(value);
		}
		const headers = Object.fromEntries(Object.entries(made.headers).map(([key, value]) => [key.toLowerCase(), value.trim()]));
		if (Object.keys(made.auth).length > 0) {
			headers.authorization = `Basic ${Buffer.from(`${made.auth.username ?? ''}:${made.auth.password ?? ''}`).toString('base64')}`;
		}
		return { headers, query: made.qs, body: made.body };
	};
	const names = [...byName.values()].filter((type) => type.authenticate?.type === 'generic').map((type) => type.name);
	return { names, properties, request };
}

const sorted = (object) => Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
const canonical = ({ headers, query, body }) => ({ headers: sorted(headers), query: sorted(query), body: sorted(body) });

export async function run({ n8n, cargo }) {
	const driver = await cargo.example('nodehost-runtime', 'credential_requests');
	const { names, properties, request } = oracle(n8n);
	const cases = names.flatMap((type) => Object.entries(variants).map(([variant, text]) => ({ type, variant, data: dataOf(properties(type), text) })));
	const input = cases.map(({ type, data }) => JSON.stringify({ type, data })).join('\n');
	const answered = spawnSync(driver.path, [n8n.resolve(BUNDLE)], { input, maxBuffer: 1 << 28, encoding: 'utf8' });
	if (answered.status !== 0) throw new Error(`the driver failed: ${answered.stderr}`);
	const answers = answered.stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
	const differences = [];
	cases.forEach(({ type, variant, data }, index) => {
		const expected = canonical(request(type, data));
		const answer = answers[index] ?? { error: 'no answer' };
		const actual = answer.error ?? canonical(answer);
		if (JSON.stringify(expected) === JSON.stringify(actual)) return;
		const incomplete = variant === 'empty' && /must be filled in/.test(answer.error ?? '');
		differences.push({ row: incomplete ? 'credential-complete' : null, title: `${type} (${variant})`, input: data, expected, actual });
	});
	return { figures: [`${names.length} types, ${cases.length} requests`], differences };
}
