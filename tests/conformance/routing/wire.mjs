// Sends every request of this process to a local server that answers by content and notes what it was asked.

import http from 'node:http';
import https from 'node:https';

/** Headers of the transport, which say nothing of the node. */
const NOISE = new Set(['x-original-url', 'host', 'connection', 'user-agent', 'content-length', 'accept-encoding', 'transfer-encoding', 'keep-alive']);
const BOUNDARY = /boundary="?([^";]+)/;

/** A request as the cases hold it. */
function record(request, bytes) {
	const url = new URL(request.headers['x-original-url']);
	const contentType = request.headers['content-type'] ?? '';
	const boundary = BOUNDARY.exec(contentType)?.[1];
	const neutral = (text) => (boundary === undefined ? text : text.replaceAll(boundary, 'BOUNDARY'));
	const headers = Object.entries(request.headers).filter(([name]) => !NOISE.has(name)).map(([name, value]) => [name, neutral(String(value))]);
	const body = bodyOf(bytes, contentType, neutral);
	return {
		method: request.method, url: url.origin + url.pathname,
		query: [...url.searchParams].sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0)), rawQuery: url.search.slice(1),
		headers: Object.fromEntries(headers.sort()), ...(body && { body }),
	};
}

function bodyOf(bytes, contentType, neutral) {
	if (bytes.length === 0) return undefined;
	const text = bytes.toString('utf8');
	if (contentType.includes('x-www-form-urlencoded')) return { form: [...new URLSearchParams(text)] };
	try {
		return { json: JSON.parse(text) };
	} catch {
		return { text: neutral(text) };
	}
}

const urlOptions = ({ hostname, port, pathname, search }, more) => ({ hostname, port, path: pathname + search, ...(typeof more === 'object' && more) });

/** Leads requests to `port`; a function that ends it. */
function redirect(port) {
	const real = { http: http.request, https: https.request };
	const agent = new http.Agent({ keepAlive: true });
	const to = (scheme, standard) => (first, second, third) => {
		const given = typeof first === 'string' || first instanceof URL ? urlOptions(new URL(first), second) : first;
		const suffix = given.port && Number(given.port) !== standard ? `:${given.port}` : '';
		const host = given.hostname ?? given.host ?? 'localhost';
		const headers = { ...(given.headers?.toJSON?.() ?? given.headers), 'x-original-url': `${scheme}//${host}${suffix}${given.path}` };
		if (given.auth) headers.authorization ??= `Basic ${Buffer.from(given.auth).toString('base64')}`;
		return real.http({ method: given.method, path: given.path, headers, host: '127.0.0.1', port, agent }, typeof second === 'function' ? second : third);
	};
	http.request = to('http:', 80);
	https.request = to('https:', 443);
	return () => {
		http.request = real.http;
		https.request = real.https;
		agent.destroy();
	};
}

/** As many requests a case may make. */
export const MOST_REQUESTS = 40;

/** Starts the server; `take` answers the requests since, each with its `response`. */
export async function startWire(reply) {
	let taken = [];
	const server = http.createServer(async (request, response) => {
		const parts = [];
		for await (const part of request) parts.push(part);
		const noted = record(request, Buffer.concat(parts));
		// Who pages without end is stopped; no status would stop those who ignore them.
		if (taken.length > MOST_REQUESTS) return request.socket.destroy();
		const answer = reply(noted);
		taken.push({ ...noted, response: answer });
		response.writeHead(answer.status, { 'content-type': answer.contentType ?? 'application/json', ...answer.headers });
		return response.end(answer.body === undefined ? '' : answer.raw ? answer.body : JSON.stringify(answer.body));
	});
	await new Promise((listening) => { server.listen(0, '127.0.0.1', listening); });
	let restore = redirect(server.address().port);
	return {
		take: () => {
			const found = taken;
			taken = [];
			return found;
		},
		// Lets what was stopped come to its end, and starts over with connections of its own.
		settle: async () => {
			await new Promise((done) => { setTimeout(done, 100); });
			restore();
			restore = redirect(server.address().port);
			taken = [];
		},
		close: () => {
			restore();
			server.closeAllConnections();
			server.close();
		},
	};
}
