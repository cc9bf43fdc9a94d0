// What the service of the cases answers: it depends on the request alone, so that a replay can answer the same.

const WORDS = ['alpha', 'Bravo', 'a b', "it's", 'München', '東京', 'x&y=z', '', '42', '{"a":1}', 'line\nbreak', 'true'];

function hashOf(request) {
	let hash = 7;
	for (const char of JSON.stringify([request.method, request.url, request.query, request.body])) hash = (Math.imul(hash, 31) + char.codePointAt(0)) >>> 0;
	return hash;
}

const thing = (seed) => ({ id: seed % 1000, name: WORDS[seed % WORDS.length], active: seed % 2 === 0, score: (seed % 7) / 2, nested: { text: WORDS[(seed >>> 3) % WORDS.length], list: [seed % 5] } });

/** Failures as services tell them: objects, lists, text, pages; what a node makes of them is part of the comparison. */
const FAILURES = [
	{ status: 400, body: { message: 'bad field' } },
	{ status: 400, body: { error: { message: 'bad thing', code: 7 } } },
	{ status: 400, body: { errors: [{ message: 'first' }, { message: 'second' }] } },
	{ status: 401, body: { error: 'invalid_token', error_description: 'The token expired' } },
	{ status: 402, body: {} },
	{ status: 403, raw: true, body: '<html><h1>Forbidden</h1></html>', contentType: 'text/html' },
	{ status: 404, body: { message: 'not found', code: 'E404' } },
	{ status: 405, raw: true, body: '', contentType: 'text/plain' },
	{ status: 409, body: { message: '', error: { message: 'taken' } } },
	{ status: 410, body: [{ message: 'in a list' }] },
	{ status: 418, body: { Message: 'dotnet' } },
	{ status: 422, body: { error: { message: 12 } } },
	{ status: 422, body: { message: ['name is required', 'age is required'] } },
	{ status: 429, body: { message: 'slow down' } },
	{ status: 429, raw: true, body: 'too many', contentType: 'text/plain' },
	{ status: 500, raw: true, body: 'broken', contentType: 'text/plain' },
	{ status: 501, raw: true, body: '"a JSON text"' },
	{ status: 502, raw: true, body: '<error><message>xml</message></error>', contentType: 'application/xml' },
	{ status: 503, body: { message: 'Request failed with status code 503' } },
	{ status: 504, body: null },
	{ status: 507, body: 7 },
	{ status: 304 },
];

/** A page of a list, by whatever the request names it. */
function page(request, hash) {
	const given = new Map([...request.query, ...Object.entries(request.body?.json ?? {}).filter(([, value]) => typeof value !== 'object')]);
	const number = (...names) => Number(names.map((name) => given.get(name)).find((value) => value !== undefined) ?? Number.NaN);
	const total = new URL(request.url).pathname.length % 9;
	const size = Math.min(Math.max(number('limit', 'take', 'per_page') || 3, 1), 50);
	const start = Number.isNaN(number('page')) ? number('offset', 'skip', 'cursor') || 0 : (number('page') - 1) * size;
	const items = Array.from({ length: total }, (_, n) => ({ id: n, name: WORDS[n % WORDS.length] })).slice(Math.max(start, 0), Math.max(start, 0) + size);
	const next = start + size < total ? start + size : null;
	return { status: 200, headers: { 'x-next': String(next ?? '') }, body: hash % 11 === 0 ? items : { items, total, next, meta: { more: next !== null, data: items } } };
}

/** The answer to a request. */
export function reply(request) {
	const hash = hashOf(request);
	const { pathname } = new URL(request.url);
	if (pathname.includes('/list')) return page(request, hash);
	if (pathname.includes('/fail')) return FAILURES[hash % FAILURES.length];
	const rich = { ...thing(hash), data: [thing(hash + 4), thing(hash + 5)], items: [thing(hash + 6)], records: [thing(hash + 7), null, 'x'], results: [], value: [thing(hash + 8)], count: hash % 4 };
	const choice = hash >>> 5;
	switch (hash % 24) {
		case 0: return FAILURES[choice % FAILURES.length];
		case 1: return { status: 204 };
		case 2: return { status: 200, body: [] };
		case 3: case 4: return { status: 200, body: [thing(hash + 1), thing(hash + 2), thing(hash + 3)] };
		case 5: return { status: 200, raw: true, body: 'plain text', contentType: 'text/plain' };
		case 6: return { status: 200, raw: true, body: ['null', '7', 'true', '"text"', ' {"spaced": true} ', '{"broken": '][choice % 6] };
		case 7: return { status: 201, headers: { 'x-total': '12' }, body: { error: 'soft', message: 'an error in all but name' } };
		case 8: return { status: 200, body: [1, 'two', null, [3], { four: 4 }] };
		case 9: return FAILURES[choice % FAILURES.length];
		case 10: return { status: 200, body: { data: { items: [thing(hash)], next: null }, error: '' } };
		case 11: return { status: 200, raw: true, body: ['%PDF-1.7 text', 'GIF89a', '<?xml version="1.0"?><a/>', '<html></html>'][choice % 4], contentType: 'application/octet-stream' };
		default: return { status: 200, headers: { 'x-total': String(hash % 5) }, body: rich };
	}
}
