// What credentials add to a request: every credential type of n8n-nodes-base with a generic `authenticate`; headers, query,
// body and basic authentication, as they arrive at a server. Then what n8n does in code: signatures of AWS, requests for
// OAuth2 tokens.

import { spawnSync } from 'node:child_process';

import { awsCases, awsExpected } from './aws.mjs';
import { tokenActual, tokenCases, tokenExpected } from './tokens.mjs';

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
	// What n8n marks as required, shows, and finds empty in its form.
	const missing = (name, given) => {
		const filled = NodeHelpers.getNodeParameters(properties(name), given, true, false, null, null);
		const isEmpty = (property) => [undefined, null, ''].includes(filled[property.name]);
		return properties(name)
			.filter((property) => property.required && NodeHelpers.displayParameter(filled, property, null, null) && isEmpty(property))
			.map((property) => property.displayName);
	};
	const names = [...byName.values()].filter((type) => type.authenticate?.type === 'generic').map((type) => type.name);
	return { names, properties, request, missing };
}

const sorted = (object) => Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
const canonical = ({ headers, query, body }) => ({ headers: sorted(headers), query: sorted(query), body: sorted(body) });

/** The driver's answers to cases, one each. */
function answersOf(driver, bundle, cases) {
	const input = cases.map((given) => JSON.stringify(given)).join('\n');
	const answered = spawnSync(driver.path, [bundle], { input, maxBuffer: 1 << 28, encoding: 'utf8' });
	if (answered.status !== 0) throw new Error(`the driver failed: ${answered.stderr}`);
	const lines = answered.stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
	return cases.map((_, index) => lines[index] ?? { error: 'no answer' });
}

export async function run({ n8n, cargo }) {
	const driver = await cargo.example('credential_requests');
	const { names, properties, request, missing } = oracle(n8n);
	const bundle = n8n.resolve(BUNDLE);
	const cases = names.flatMap((type) => Object.entries(variants).map(([variant, text]) => ({ type, variant, data: dataOf(properties(type), text) })));
	const answers = answersOf(driver, bundle, cases.map(({ type, data }) => ({ type, data })));
	const differences = [];
	const compare = (title, input, expected, actual, row = null) => {
		if (JSON.stringify(expected) !== JSON.stringify(actual)) differences.push({ row, title, input, expected, actual });
	};
	cases.forEach(({ type, variant, data }, index) => {
		const answer = answers[index];
		const empty = missing(type, data);
		const incomplete = empty.length > 0 && answer.error?.endsWith(` is incomplete: ${empty.join(', ')} must be filled in`);
		compare(`${type} (${variant})`, data, canonical(request(type, data)), answer.error ?? canonical(answer), incomplete ? 'credential-complete' : null);
	});

	const signed = awsCases();
	for (const [index, answer] of answersOf(driver, bundle, signed).entries()) {
		const made = answer.requests?.[0];
		// What n8n refuses is refused; the words are not compared.
		const expected = await awsExpected(n8n, signed[index], made?.headers['x-amz-date'] ?? '20250131T120000Z').catch(() => 'refused');
		const own = (name) => [name, name === 'host' ? expected.headers.host : made.headers[name]];
		const actual = made && expected !== 'refused' ? { url: made.url, headers: Object.fromEntries(Object.keys(expected.headers).map(own)) } : made;
		compare(`aws ${signed[index].request.method} ${signed[index].request.url}`, signed[index], expected, actual ?? 'refused');
	}

	const tokens = tokenCases();
	for (const [index, answer] of answersOf(driver, bundle, tokens).entries()) {
		compare(`token request ${index}`, tokens[index], await tokenExpected(n8n, tokens[index]), answer.error ?? tokenActual(answer.requests));
	}
	return { figures: [`${names.length} types, ${cases.length} requests, ${signed.length} signatures of AWS, ${tokens.length} requests for tokens`], differences };
}
