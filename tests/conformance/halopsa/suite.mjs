// HaloPSA Complete's own JSON, loaded and run by n8n as a declarative node: the recorded cases that this project's node agrees
// with agree there, too, except where the node needs a hook or a constraint, which n8n does not have.

import { readFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NOT_RUN, parseLines, recordedFile } from '../recorded.mjs';
import { makeEngine } from './engine.mjs';

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

/** Whether n8n cannot run the case: its operation calls a hook, or the token is the point of it. */
function isOurs({ id, node, mock }) {
	const hooked = ['fieldInfo.create', 'fieldInfo.update', 'invoices.updateLines'].some((operation) => id.startsWith(`${operation}.`));
	const insists = node.parameters.resource === 'client';
	const failing = mock.responses.some(({ status }) => status >= 300);
	return hooked || insists || failing || mock.tokens !== undefined;
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
			state.requests.push({ method: request.method, path: url.pathname, query: [...url.searchParams].sort(), body: body === '' ? null : JSON.parse(body) });
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

const request = ({ method, path, query, body }) => ({ method, path, query: [...query].map(String).sort(), body: method === 'POST' && !path.endsWith('/void') ? (body ?? null) : null });

/** The items' data without empty outputs at the end. */
function outputs(main) {
	const data = (main ?? []).map((items) => (items ?? []).map(({ json }) => json ?? null));
	while (data.length > 0 && data.at(-1).length === 0) data.pop();
	return data;
}

export async function run({ n8n, project }) {
	const recorded = recordedFile('halopsa/public.jsonl');
	if (recorded === undefined) return NOT_RUN;
	const description = assemble(join(project, 'nodes/halopsa/descriptor'));
	const differing = fileURLToPath(new URL('../recorded-halopsa/differences.json', import.meta.url));
	const named = new Set(Object.values(JSON.parse(readFileSync(differing, 'utf8'))).flat());
	const cases = parseLines(readFileSync(recorded, 'utf8'));
	const tried = cases.filter((one) => !named.has(one.id) && !isOurs(one));
	const engine = makeEngine(n8n);
	const { state, server, baseUrl } = await replay();
	const differences = [];
	for (const one of tried) {
		Object.assign(state, { replies: one.mock.responses, requests: [] });
		const credentials = JSON.parse(JSON.stringify(one.credentials).replaceAll('{{baseUrl}}', baseUrl));
		const { main, error } = await engine.run({ description, node: one.node, items: one.items, credentials });
		const expected = { requests: one.expected.requests.map(request), output: outputs(one.expected.output) };
		const actual = { requests: state.requests.map(request), output: outputs(JSON.parse(JSON.stringify(main ?? []))) };
		if (error !== undefined || JSON.stringify(actual) !== JSON.stringify(expected)) {
			differences.push({ row: null, title: one.id, input: one.node.parameters, expected, actual: error?.message ?? actual });
		}
	}
	server.close();
	return { figures: [`${tried.length} of ${cases.length} recorded cases run in n8n on this node's JSON`], differences };
}
