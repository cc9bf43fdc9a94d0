// HaloPSA Complete's own JSON, loaded and run by n8n as a declarative node: what the recorded cases come to here, they come to there, too,
// except where the node needs a hook or a constraint, which n8n does not have.

import { readFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { makeEngine } from '../engine.mjs';
import { NOT_RUN, parseLines, recordedFile } from '../recorded.mjs';
import { differences } from '../recorded-halopsa/compare.mjs';
import { namedIds } from '../recorded-halopsa/suite.mjs';

export const name = 'halopsa';
export const rows = [];

/** The descriptor of the folder, its $includes in place. */
function assemble(folder) {
	const read = (file) => JSON.parse(readFileSync(join(folder, file), 'utf8'));
	const expand = (value) => {
		if (Array.isArray(value)) return value.flatMap((entry) => (entry?.$include ? expand([read(entry.$include)].flat()) : [expand(entry)]));
		if (value === null || typeof value !== 'object') return value;
		return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, expand(inner)]));
	};
	return expand(read('node.json'));
}

/** Whether n8n cannot run the case as it has to come out: its operation calls a hook, or the token or a list's total is the point of it. */
function isOurs({ id, node, mock }) {
	const hooked = ['fieldInfo.create', 'fieldInfo.update', 'invoices.updateLines'].some((operation) => id.startsWith(`${operation}.`));
	const insists = node.parameters.resource === 'client';
	const failing = mock.responses.some(({ status }) => status >= 300);
	// n8n does not know a list's total.
	const short = mock.responses.some(({ body }) => body?.record_count > (Object.values(body ?? {}).find(Array.isArray) ?? []).length);
	return hooked || insists || failing || short || mock.tokens !== undefined;
}

/** A server that answers the case's replies in order, and notes the requests. */
async function replay() {
	const state = { replies: [], requests: [] };
	const server = http.createServer((request, response) => {
		let body = '';
		request.on('data', (part) => { body += part; });
		request.on('end', () => {
			const url = new URL(request.url, 'http://replay');
			const reply = state.replies[Math.min(state.requests.length, state.replies.length - 1)];
			state.requests.push({ method: request.method, path: url.pathname, query: [...url.searchParams], body: body === '' ? null : JSON.parse(body) });
			response.statusCode = reply.status;
			for (const [key, value] of Object.entries(reply.headers ?? {})) response.setHeader(key, value);
			if (reply.body === undefined) return response.end();
			response.setHeader('content-type', reply.raw ? (reply.contentType ?? 'text/plain') : 'application/json');
			return response.end(reply.raw ? reply.body : JSON.stringify(reply.body));
		});
	});
	await new Promise((listening) => { server.listen(0, '127.0.0.1', listening); });
	return { state, server, baseUrl: `http://127.0.0.1:${server.address().port}` };
}

/** The token that the cases were recorded with. */
const withToken = ({ options }) => ({ ...options, headers: { ...options.headers, authorization: 'Bearer recorded-token' } });

export async function run({ n8n, project }) {
	const recorded = recordedFile('halopsa/public.jsonl');
	if (recorded === undefined) return NOT_RUN;
	const description = assemble(join(project, 'nodes/halopsa/descriptor'));
	const named = namedIds();
	const cases = parseLines(readFileSync(recorded, 'utf8'));
	const tried = cases.filter((one) => !isOurs(one) && !(named.get(one.id) ?? []).includes('token'));
	const engine = makeEngine(n8n, { authenticate: withToken });
	const { state, server, baseUrl } = await replay();
	const found = [];
	for (const one of tried) {
		Object.assign(state, { replies: one.mock.responses, requests: [] });
		const credentials = JSON.parse(JSON.stringify(one.credentials).replaceAll('{{baseUrl}}', baseUrl));
		const { main, error } = await engine.run({ description, node: one.node, items: one.items, credentials });
		const data = { main: JSON.parse(JSON.stringify(main ?? [])) };
		const tokens = one.expected.tokens.map(({ body }) => body);
		const answer = { tokens, requests: state.requests, result: { status: error === undefined ? 'success' : 'error', data, error } };
		const beyond = differences(one, answer, new Set(named.get(one.id)));
		if (beyond.length > 0) found.push({ row: null, title: `${one.id}: ${beyond.join('; ')}`.slice(0, 600), input: one.node.parameters, expected: one.expected, actual: answer });
	}
	server.close();
	return { figures: [`${tried.length} of ${cases.length} recorded cases run in n8n on this node's JSON`], differences: found };
}
