// Generates cases of declarative routing and asks n8n what it does with them.
//
//   N8N_TYPES=.../n8n-nodes-base/dist/types N8N_REFERENCE=http://127.0.0.1:7500 \
//     node generate.mjs --gateway 7600 --seed 1 --cases 500 > cases.jsonl
//
// N8N_REFERENCE is a host made of n8n itself that speaks the HTTP contract (docs/http-api.md) and sends its requests to
// http://127.0.0.1:<gateway>, their URL in x-original-url. The cases are what crates/runtime/examples/routing reads.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values: flags } = parseArgs({
	options: {
		gateway: { type: 'string', default: '7600' }, seed: { type: 'string', default: '1' },
		cases: { type: 'string', default: '200' }, node: { type: 'string' },
	},
});
const types = process.env.N8N_TYPES;
const reference = process.env.N8N_REFERENCE;
const nodes = JSON.parse(fs.readFileSync(path.join(types, 'nodes.json'), 'utf8'));
const credentialTypes = Object.fromEntries(JSON.parse(fs.readFileSync(path.join(types, 'credentials.json'), 'utf8')).map((type) => [type.name, type]));

// A small generator of its own, so that a seed gives the same cases everywhere (mulberry32).
let state = Number(flags.seed) >>> 0;
function random() {
	state = (state + 0x6d2b79f5) >>> 0;
	let t = state;
	t = Math.imul(t ^ (t >>> 15), t | 1);
	t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
	return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const chance = (p) => random() < p;
const pick = (list) => list[Math.floor(random() * list.length)];

const WORDS = ['alpha', 'Bravo', 'a b', "it's", 'München', '東京', 'a/b', 'x&y=z', '', '42', '  padded ', '{"a":1}', 'line\nbreak', '100%', '-7', 'true', '.', 'a.b', 'x#y?z'];

function text(type) {
	const word = pick(WORDS);
	if (chance(0.12)) return pick(['={{ $json.text }}', '={{ $json.nothing }}', '=pre-{{ $json.n }}', '={{ $json.list }}', '={{ $itemIndex }}', '={{ $json.text.toUpperCase() }}', "={{ $('Input').item.json.text }}", '={{ $json["flag"] }}']);
	return type === 'dateTime' ? '2024-05-06T07:08:09.000Z' : word;
}

function valueOf(property, depth = 0) {
	if (property.default !== undefined && chance(0.15)) return property.default;
	const multiple = property.typeOptions?.multipleValues === true;
	switch (property.type) {
		case 'string': case 'dateTime': case 'color': case 'hidden': return multiple ? [text(), text()] : text(property.type);
		case 'json': return pick(['{"a": 1}', '[1, 2]', 'not json', '{}']);
		case 'number': return chance(0.1) ? '={{ $json.n }}' : pick([0, 1, 5, 50, 3.5, -1]);
		case 'boolean': return chance(0.1) ? '={{ $json.flag }}' : chance(0.5);
		case 'options': {
			const known = (property.options ?? []).filter((option) => 'value' in option);
			return known.length ? pick(known).value : text();
		}
		case 'multiOptions': {
			const known = (property.options ?? []).filter((option) => chance(0.4)).map((option) => option.value);
			return known.length ? known : [text()];
		}
		case 'resourceLocator': {
			const mode = pick(property.modes ?? [{ name: 'id' }]);
			const value = mode.name === 'url' && chance(0.6) ? mode.placeholder?.replace(/^e\.g\. /, '') ?? 'https://example.com/x/1' : text();
			return { __rl: true, mode: mode.name, value };
		}
		case 'collection': {
			if (depth > 2) return {};
			const chosen = (property.options ?? []).filter(() => chance(0.35));
			return Object.fromEntries(chosen.map((inner) => [inner.name, valueOf(inner, depth + 1)]));
		}
		case 'fixedCollection': {
			if (depth > 2) return {};
			const chosen = (property.options ?? []).filter(() => chance(0.6));
			const entry = (group) => Object.fromEntries((group.values ?? []).filter(() => chance(0.8)).map((inner) => [inner.name, valueOf(inner, depth + 1)]));
			return Object.fromEntries(chosen.map((group) => [group.name, multiple ? [entry(group), ...(chance(0.5) ? [entry(group)] : [])] : entry(group)]));
		}
		default: return property.default ?? '';
	}
}

const hasNull = (routing) => [routing?.send?.preSend, routing?.output?.postReceive].some((list) => list?.includes(null));

// Whether a function of this operation was lost when the descriptor became JSON.
function isLost(properties, parameters) {
	return properties.some((property) => {
		if (hasNull(property.routing)) return true;
		if (property.type === 'options') return hasNull(property.options?.find((option) => option.value === parameters[property.name])?.routing);
		if (property.type === 'collection') return (property.options ?? []).some((inner) => isLost([inner], {}));
		if (property.type === 'fixedCollection') return (property.options ?? []).some((group) => isLost(group.values ?? [], {}));
		return false;
	});
}

// The properties of a credential type after those it inherits, by which its own replace them.
const withParents = (name) => [...(credentialTypes[name]?.extends ?? []).flatMap(withParents), ...(credentialTypes[name]?.properties ?? [])];

function credentialOf(name) {
	const all = withParents(name);
	const data = {};
	for (const property of all) {
		if (property.type === 'hidden') { data[property.name] = property.default; continue; }
		if (property.type === 'options' || property.type === 'boolean') { data[property.name] = property.default; continue; }
		const url = /url|host|domain|server/i.test(property.name);
		data[property.name] = url && !/token|auth/i.test(property.name) ? property.default || `https://${name.toLowerCase()}.example.test` : property.default || `${name}-${property.name}`;
	}
	delete data.allowedHttpRequestDomains;
	delete data.allowedDomains;
	return { ...data, oauthTokenData: { access_token: 'oracle-access', token_type: 'Bearer' } };
}

async function post(route, body) {
	const response = await fetch(reference + route, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
	return { status: response.status, body: await response.json() };
}

// Parameters of one operation: what is shown is given a value, round after round, since values show others.
async function parametersOf(node, type, typeVersion) {
	const parameters = {};
	for (let round = 0; round < 4; round++) {
		const answer = await post(`/v1/nodes/${encodeURIComponent(type)}/parameters`, { typeVersion, parameters });
		if (answer.status !== 200) return undefined;
		let added = 0;
		const shown = answer.body.displayed.map((index) => node.properties[index]);
		for (const property of shown) {
			if (property.name in parameters || property.name === 'requestOptions' || property.name === 'authentication') continue;
			if (property.noDataExpression === true || round > 0 || ['resource', 'operation'].includes(property.name)) {
				if (property.required || property.noDataExpression || chance(0.7)) { parameters[property.name] = valueOf(property); added++; }
			}
		}
		if (round >= 2 && !added) return { parameters, shown };
		if (round === 3) return { parameters, shown };
	}
	return undefined;
}

const recorded = [];
function replyTo({ method, url, query, body }) {
	const key = JSON.stringify([method, url, query, body]);
	let hash = 7;
	for (const char of key) hash = (Math.imul(hash, 31) + char.codePointAt(0)) >>> 0;
	const record = (n) => ({ id: (hash + n) % 1000, name: WORDS[(hash + n) % WORDS.length], active: n % 2 === 0, nested: { text: WORDS[(hash >> 3) % WORDS.length] } });
	switch (hash % 16) {
		case 0: return { status: 404, body: { message: 'not found' } };
		case 1: return { status: 500, body: 'broken', raw: true, contentType: 'text/plain' };
		case 2: return { status: 204 };
		case 3: return { status: 200, body: [] };
		case 4: case 5: return { status: 200, body: [record(1), record(2), record(3)] };
		case 6: return { status: 400, body: { error: { message: 'bad thing', code: 7 } } };
		case 7: return { status: 200, body: 'plain text', raw: true, contentType: 'text/plain' };
		default: return { status: 200, body: { ...record(0), data: [record(4), record(5)], items: [record(6)], records: [record(7)], results: [], value: [record(8)] } };
	}
}

const NOISE = new Set(['x-original-url', 'x-oracle-origin', 'host', 'connection', 'user-agent', 'content-length', 'accept-encoding', 'transfer-encoding', 'keep-alive']);
http.createServer(async (req, res) => {
	const parts = [];
	for await (const part of req) parts.push(part);
	const buffer = Buffer.concat(parts);
	const url = new URL(req.headers['x-original-url']);
	const contentType = req.headers['content-type'] ?? '';
	let body;
	if (buffer.length) {
		const raw = buffer.toString('utf8');
		if (contentType.includes('x-www-form-urlencoded')) body = { form: [...new URLSearchParams(raw)] };
		else try { body = { json: JSON.parse(raw) }; } catch { body = { text: raw }; }
	}
	const record = {
		method: req.method, url: url.origin + url.pathname,
		query: [...url.searchParams].sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0)), rawQuery: url.search.slice(1),
		headers: Object.fromEntries(Object.entries(req.headers).filter(([name]) => !NOISE.has(name)).sort()),
		...(body && { body }),
	};
	const response = recorded.length > 60 ? { status: 500, body: 'too many', raw: true, contentType: 'text/plain' } : replyTo(record);
	recorded.push({ ...record, response });
	res.writeHead(response.status, { 'content-type': response.contentType ?? 'application/json' });
	res.end(response.body === undefined ? '' : response.raw ? response.body : JSON.stringify(response.body));
}).listen(Number(flags.gateway), '127.0.0.1');

const declarative = nodes.filter((node) => JSON.stringify(node.properties).includes('"routing"') && !node.webhooks?.length && (!flags.node || node.name === flags.node) && node.properties.some((property) => property.name === 'requestOptions'));
let made = 0;
let tries = 0;
while (made < Number(flags.cases) && tries++ < Number(flags.cases) * 8) {
	const node = pick(declarative);
	const type = `n8n-nodes-base.${node.name}`;
	const typeVersion = pick([node.version].flat());
	const found = await parametersOf(node, type, typeVersion);
	if (!found || isLost(found.shown, found.parameters)) continue;
	const credentials = Object.fromEntries((node.credentials ?? []).slice(0, 1).map(({ name }) => [name, credentialOf(name)]));
	const items = Array.from({ length: 1 + Math.floor(random() * 4) }, (_, n) => ({ n, text: pick(WORDS), flag: n % 2 === 0, list: [n, 'x'] }));
	const onError = pick([undefined, undefined, 'continueRegularOutput', 'continueErrorOutput']);
	const given = { type, typeVersion, parameters: found.parameters, ...(onError && { onError }) };
	recorded.length = 0;
	const inline = Object.fromEntries(Object.entries(credentials).map(([name, data]) => [name, { data }]));
	const answer = await post('/v1/executions', {
		node: { ...given, credentials: inline }, items: items.map((json) => ({ json })),
		context: { now: '2025-01-02T03:04:05Z', executionId: '1', timezone: 'UTC', vars: { region: 'eu' } },
	});
	// Where an item's parameters fail, n8n answers before the requests of the items before it are sent.
	if (answer.body.error) await new Promise((resolve) => setTimeout(resolve, 40));
	if (answer.status !== 200 || recorded.length > 40) continue;
	const { status, data, error } = answer.body;
	const { resource = '', operation = '' } = found.parameters;
	const expected = { requests: [...recorded], ...(status === 'success' && { output: data.main }), ...(error && { error }) };
	process.stdout.write(`${JSON.stringify({ id: `${node.name}.${typeVersion}.${resource}.${operation}.${made++}`, node: given, credentials, items, expected })}\n`);
}
process.exit(0);
