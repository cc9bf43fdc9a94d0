// Small declarative nodes made up by chance, to reach what no node of n8n-nodes-base does: every key of `routing`, alone and together.

import { parametersFor, someItems } from './bundled.mjs';

/** Expressions of a descriptor, by what they are about. */
const OF_VALUE = ['={{$value}}', '={{ $value }}', '=x-{{$value}}', '={{ $value.toString().toUpperCase() }}', '={{ [$value ?? "none", 1] }}', '={{ {inner: $value} }}', '={{ $value || undefined }}', '={{ $value.length }}', '={{ $value.split(",") }}', '={{ $value ? "yes" : null }}', '={{ JSON.stringify($value) }}', '={{ $value.a.b.c }}', 'fixed', 7, true];
const OF_NODE = ['={{$version}}', '={{$parameter.name}}', '={{ $parameter["name"] }}-{{ $version }}', '={{ $json.n }}', '={{ $itemIndex }}', '={{ $parameter.extra }}', '={{ $credentials?.region }}', '={{ undefined }}', '={{ null }}', 'plain', '={{ $json.list }}', '={{ $parameter.missing }}'];
const OF_ENTRY = ['={{$parent.key}}', '={{$index}}', '={{ $parent.key }}_{{ $index }}', '={{ $parent }}'];
const OF_RESPONSE = ['={{ $response.body }}', '={{ $response.statusCode }}', '={{ $response.body.name }}', '={{ $response.headers["x-total"] }}', '={{ $response.statusMessage }}', '={{ $value }}', '={{ $version }}', 'fixed', '={{ $response.body.data[0] }}', '={{ ({ n: $response.body.count, v: $value }) }}', '={{ $json.n }}', '={{ $parameter.name }}'];
const OF_ANSWERED = ['={{ $responseItem }}', '={{ $responseItem.id }}', '={{ $responseItem.name + "!" }}', '={{ $responseItem.nested.text }}', ...OF_RESPONSE];
const NAMES = ['a', 'b', 'deep.er', 'deep.other', 'list[0]', 'list[1].x', 'with space', 'x["quoted.key"]', '={{ "by" + "Expression" }}', '={{$parameter.name}}', '={{ $value }}', 'a.b', 'ids[]', ''];

/** A maker of parts of descriptors. */
class Maker {
	constructor(random) {
		this.random = random;
		this.used = 0;
	}

	maybe(probability, make) {
		return this.random.chance(probability) ? make() : undefined;
	}

	/** An object without the keys that are undefined. */
	static object(entries) {
		return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
	}

	expression(inEntry) {
		return this.random.pick([...OF_VALUE, ...OF_NODE, ...(inEntry ? OF_ENTRY : [])]);
	}

	map(inEntry) {
		return Object.fromEntries(Array.from({ length: this.random.int(0, 2) }, () => [this.random.pick(['k', 'l', 'x-m', 'list']), this.expression(inEntry)]));
	}

	request(inEntry) {
		const { random } = this;
		return Maker.object({
			qs: this.maybe(0.25, () => this.map(inEntry)),
			headers: this.maybe(0.25, () => ({ 'x-header': random.pick(['={{$value}}', '={{$version}}', 'text', '={{ null }}', 5, '={{ undefined }}']), ...this.maybe(0.2, () => ({ Accept: 'text/plain' })) })),
			body: this.maybe(0.2, () => random.pick([this.map(inEntry), [this.expression(inEntry)], '={{ [{ v: $value }] }}', '={{ $value }}', 'text body', '={{ {...$parameter} }}', { nested: { list: [this.expression(inEntry), 2] } }])),
			url: this.maybe(0.1, () => random.pick(['=/over/{{$value}}', '=https://other.test/{{$version}}/x', '=/list/{{$value}}', '', '=/fail/{{$value}}'])),
			method: this.maybe(0.08, () => random.pick(['PUT', 'post', '={{ "PATCH" }}', 'HEAD', 'OPTIONS'])),
			baseURL: this.maybe(0.05, () => random.pick(['https://base.test/v2/', '={{ "https://made.test" }}', 'https://base.test//'])),
			arrayFormat: this.maybe(0.15, () => random.pick(['indices', 'brackets', 'repeat', 'comma'])),
			encoding: this.maybe(0.1, () => random.pick(['text', 'json'])),
			json: this.maybe(0.15, () => random.pick([true, false])),
			returnFullResponse: this.maybe(0.1, () => random.chance(0.5)),
			ignoreHttpStatusErrors: this.maybe(0.12, () => random.pick([true, false, { ignore: true, except: [404, 500] }, { ignore: false }])),
			skipSslCertificateValidation: this.maybe(0.05, () => true),
			auth: this.maybe(0.06, () => ({ username: random.pick(['user', '={{$value}}']), password: 'p:w' })),
			timeout: this.maybe(0.05, () => 5000),
			disableFollowRedirect: this.maybe(0.04, () => true),
		});
	}

	send(inEntry) {
		const { random } = this;
		return Maker.object({
			type: random.pick(['body', 'query', 'body', 'query', undefined]),
			property: this.maybe(0.93, () => (inEntry && random.chance(0.4) ? random.pick(['=tags[{{$index}}].name', '={{$parent.key}}', '=by.{{$parent.key}}', '=list[{{ $index }}]']) : random.pick(NAMES))),
			propertyInDotNotation: this.maybe(0.3, () => random.chance(0.4)),
			value: this.maybe(0.4, () => this.expression(inEntry)),
			paginate: this.maybe(0.05, () => random.pick([true, false, '={{ $value }}'])),
		});
	}

	actions() {
		const { random } = this;
		const made = Array.from({ length: random.int(1, 3) }, () => Maker.object({ ...this.action(), enabled: this.maybe(0.25, () => random.pick([true, false, '={{ $value }}', '={{ $version > 1 }}', '={{ $parameter.name === "" }}'])) }));
		// n8n's binaryData makes a Buffer of `$response.body` for the actions after it (row `response-stays`).
		return [...made.filter(({ type }) => type !== 'binaryData'), ...made.filter(({ type }) => type === 'binaryData')];
	}

	action() {
		const { random } = this;
		switch (random.int(0, 9)) {
			case 0: case 1: case 2: return { type: 'rootProperty', properties: { property: random.pick(['data', 'items', 'items', 'records', 'nested.list', 'nothing', 'data[0]', 'value', 'meta.data']) } };
			case 3: return { type: 'filter', properties: { pass: random.pick(['={{ $responseItem.id > 500 }}', '={{ $responseItem.active }}', true, '={{ $value }}', '={{ $credentials?.region === "eu" }}', '={{ $responseItem.nested.text.length > 2 }}', '={{ $response.statusCode === 200 }}']) } };
			case 4: return { type: 'limit', properties: { maxResults: random.pick([1, 2, '1', '={{ $value }}', '={{ $response.body.count }}', -1, 0, '2 items']) } };
			case 5: return { type: 'set', properties: { value: random.pick([...OF_RESPONSE, '={{ { "success": true } }}', { deep: '={{ $response.body.id }}', list: ['={{ $value }}'] }]) } };
			case 6: return { type: 'setKeyValue', properties: { key: random.pick(OF_ANSWERED), other: random.pick(OF_ANSWERED), fixed: 1 } };
			case 7: return { type: 'sort', properties: { key: random.pick(['name', 'id', 'active', 'nothing', 'nested']) } };
			case 8: return { type: 'binaryData', properties: { destinationProperty: random.pick(['data', '={{ $value }}', 'file']) } };
			default: return random.chance(0.1) ? { type: 'unheardOf', properties: {} } : { type: 'rootProperty', properties: { property: 'items' } };
		}
	}

	pagination() {
		const { random } = this;
		if (random.chance(0.5)) {
			return {
				type: 'offset',
				properties: Maker.object({
					limitParameter: 'limit', offsetParameter: random.pick(['offset', 'skip']), pageSize: random.pick([1, 2, 3, 50]), type: random.pick(['query', 'query', 'body']),
					rootProperty: this.maybe(0.3, () => random.pick(['items', 'meta.data', 'nothing'])),
				}),
			};
		}
		return {
			type: 'generic',
			properties: {
				continue: random.pick(['={{ $response.body.next !== null && $response.body.next !== undefined }}', '={{ !!$response.body.meta?.more }}', '={{ $response.headers["x-next"] }}', '={{ false }}', '={{ $response.body.next && $response.body.next < 4 }}']),
				request: random.pick([{ qs: { offset: '={{ $response?.body?.next ?? 0 }}' } }, { qs: '={{ ({ ...$request.qs, cursor: $response.body?.next }) }}' }, { url: '={{ $request.url }}', qs: { skip: '={{ $response.body?.next }}', v: '={{$version}}' } }, { body: { offset: '={{ $response.body?.next ?? 0 }}' } }]),
			},
		};
	}

	routing(inEntry = false, weight = 1) {
		return Maker.object({
			request: this.maybe(0.35 * weight, () => this.request(inEntry)),
			send: this.maybe(0.75 * weight, () => this.send(inEntry)),
			output: this.maybe(0.12 * weight, () => Maker.object({ postReceive: this.maybe(0.8, () => this.actions()), maxResults: this.maybe(0.25, () => this.random.pick([2, '={{ $value }}', '1'])) })),
			operations: this.maybe(0.06 * weight, () => ({ pagination: this.pagination() })),
		});
	}

	name(stem) {
		this.used += 1;
		return `${stem}${this.used}`;
	}

	/** A property with routing, of a chosen kind. */
	property(depth = 0, inEntry = false) {
		const { random } = this;
		const kinds = ['string', 'string', 'string', 'number', 'boolean', 'options', 'multiOptions', 'json', 'resourceLocator', 'dateTime', 'hidden', 'extracted', ...(depth < 2 ? ['collection', 'collection', 'fixedCollection', 'fixedCollection'] : [])];
		const kind = random.pick(kinds);
		const name = this.name('p');
		const base = Maker.object({ displayName: name.toUpperCase(), name, routing: this.maybe(0.85, () => this.routing(inEntry)) });
		const plain = { string: 'text', number: 3, boolean: false, json: '{"j": 1}', dateTime: '2024-01-02', hidden: random.pick(['concealed', '={{ $json.text }}', '={{ $parameter.name }}']) };
		switch (kind) {
			case 'options': return { ...base, type: 'options', default: 'one', options: ['one', 'two', 'three'].map((value) => Maker.object({ name: value.toUpperCase(), value, routing: this.maybe(0.6, () => this.routing(inEntry)) })) };
			case 'multiOptions': return { ...base, type: 'multiOptions', default: [], options: ['one', 'two'].map((value) => ({ name: value, value })) };
			case 'collection': return { ...base, routing: this.maybe(0.3, () => this.routing(inEntry)), type: 'collection', default: {}, options: Array.from({ length: random.int(1, 3) }, () => this.property(depth + 1, inEntry)) };
			case 'fixedCollection': return { ...base, routing: this.maybe(0.2, () => this.routing(inEntry)), type: 'fixedCollection', default: {}, typeOptions: { multipleValues: random.chance(0.6) }, options: Array.from({ length: random.int(1, 2) }, () => this.group(depth + 1)) };
			case 'resourceLocator': return { ...base, ...this.locator() };
			case 'extracted': return { ...base, type: 'string', default: 'id-7', extractValue: { type: 'regex', regex: random.pick(['id-([0-9]+)', '([a-z]+)', 'x(y)(z)', '^(.*)$']) } };
			default: return { ...base, type: kind, default: plain[kind] };
		}
	}

	group(depth) {
		const name = this.name('group');
		const key = Maker.object({ displayName: 'Key', name: 'key', type: 'string', default: 'k', routing: this.maybe(0.3, () => this.routing(true)) });
		return { displayName: name, name, values: [key, ...Array.from({ length: this.random.int(1, 2) }, () => this.property(depth, true))] };
	}

	locator() {
		return {
			type: 'resourceLocator', default: { mode: 'id', value: 'rl1' },
			modes: [
				{ displayName: 'ID', name: 'id', type: 'string' },
				{ displayName: 'URL', name: 'url', type: 'string', placeholder: 'https://site.test/things/12', extractValue: { type: 'regex', regex: this.random.pick(['https://site.test/things/([0-9]+)', 'site.test/(.*)']) } },
				{ displayName: 'Name', name: 'name', type: 'string', ...this.maybe(0.3, () => ({ extractValue: { type: 'regex', regex: '(\\w+)' } })) },
			],
		};
	}

	operation(value) {
		const { random } = this;
		const url = random.pick(['/things', '=/things/{{$parameter.name}}', '/list/of', '/list/of/things', '=/list/{{$version}}', '/fail/x', '=/fail/{{$json.n}}', '={{ "/made/" + $value }}', '/with?query=1', '//slashes/', 'https://absolute.test/p#hash', '/ü and space']);
		const isList = url.includes('list');
		return {
			name: value, value, action: value,
			routing: this.maybe(0.05, () => ({ request: { url: '/file', encoding: 'arraybuffer' }, output: { postReceive: [{ type: 'binaryData', properties: { destinationProperty: random.pick(['data', '={{ $parameter.name }}']) } }] } })) ?? Maker.object({
				...(this.maybe(0.06, () => ({ request: { method: 'POST', url, headers: { 'content-type': 'multipart/form-data' }, body: { fixed: 'text', made: random.pick(OF_NODE), nested: { list: [1, 'two'], deep: { er: '={{ $json.text }}' } } } } })) ?? { request: { ...this.maybe(0.4, () => this.request(false)), method: random.pick(['GET', 'GET', 'POST', 'PUT', 'DELETE', 'PATCH']), url } }),
				send: this.maybe(isList ? 0.8 : 0.2, () => Maker.object({ ...this.send(false), paginate: isList ? true : undefined })),
				operations: this.maybe(isList ? 0.8 : 0.1, () => ({ pagination: this.pagination() })),
				output: this.maybe(0.5, () => Maker.object({ postReceive: this.maybe(0.85, () => this.actions()), maxResults: this.maybe(0.2, () => random.pick([1, 3, '={{ $parameter.limit }}'])) })),
			}),
		};
	}
}

/** The credential types of the made-up nodes. */
const CREDENTIAL_TYPES = [
	{
		name: 'madeUpApi', displayName: 'Made up',
		properties: [{ displayName: 'Token', name: 'token', type: 'string', typeOptions: { password: true }, default: '' }, { displayName: 'Region', name: 'region', type: 'string', default: '' }],
		authenticate: { type: 'generic', properties: { headers: { Authorization: '=Bearer {{$credentials.token}}' }, qs: { region: '={{$credentials.region}}' } } },
	},
	{
		name: 'madeUpBodyApi', displayName: 'Made up, in the body',
		properties: [{ displayName: 'Token', name: 'token', type: 'string', typeOptions: { password: true }, default: '' }, { displayName: 'Region', name: 'region', type: 'string', default: '' }],
		authenticate: { type: 'generic', properties: { body: { api_token: '={{$credentials.token}}' }, auth: { username: '={{$credentials.token}}', password: '={{$credentials.region}}' } } },
	},
	{
		name: 'madeUpOAuth2Api', displayName: 'Made up OAuth2', extends: ['oAuth2Api'],
		properties: [
			{ displayName: 'Grant', name: 'grantType', type: 'hidden', default: 'authorizationCode' },
			{ displayName: 'Token URL', name: 'accessTokenUrl', type: 'hidden', default: 'https://api.test/oauth/token' },
			{ displayName: 'Auth URL', name: 'authUrl', type: 'hidden', default: 'https://api.test/oauth/auth' },
			{ displayName: 'Scope', name: 'scope', type: 'hidden', default: '' },
			{ displayName: 'Authentication', name: 'authentication', type: 'hidden', default: 'header' },
			{ displayName: 'Region', name: 'region', type: 'string', default: '' },
		],
	},
];
const DATA = {
	madeUpApi: { token: 'token-of-caller', region: 'eu' },
	madeUpBodyApi: { token: 'token-of-caller', region: 'eu' },
	madeUpOAuth2Api: {
		grantType: 'authorizationCode', accessTokenUrl: 'https://api.test/oauth/token', authUrl: 'https://api.test/oauth/auth', scope: '', authentication: 'header', clientId: 'client', clientSecret: 'secret-of-client', region: 'eu',
		oauthTokenData: { access_token: 'access-of-caller', token_type: 'Bearer' },
	},
};

function descriptor(random, index, withOptions) {
	const maker = new Maker(random);
	const operations = ['run', 'other'].map((value) => maker.operation(value));
	const properties = [
		{ displayName: 'Operation', name: 'operation', type: 'options', noDataExpression: true, default: 'run', options: operations },
		{ displayName: 'Name', name: 'name', type: 'string', default: 'n' },
		{ displayName: 'Extra', name: 'extra', type: 'collection', default: {}, options: [{ displayName: 'Inner', name: 'inner', type: 'string', default: '' }] },
		{ displayName: 'Limit', name: 'limit', type: 'number', default: 2, displayOptions: { show: { operation: ['run'] } } },
		...Array.from({ length: random.int(1, 5) }, () => {
			const property = maker.property();
			return random.chance(0.2) ? { ...property, displayOptions: { show: { operation: [random.pick(['run', 'other'])] } } } : property;
		}),
	];
	const credential = random.pick([undefined, undefined, ...CREDENTIAL_TYPES.map(({ name }) => name)]);
	const description = Maker.object({
		name: `madeUp${index}`, displayName: `Made up ${index}`, description: 'A node made up by chance', group: ['transform'], version: [1, 2], defaults: { name: 'Made up' }, inputs: ['main'], outputs: ['main'],
		credentials: credential && [{ name: credential, required: true }],
		requestDefaults: { ...maker.maybe(0.5, () => maker.request(false)), baseURL: random.pick(['https://api.test/v1', 'https://api.test/', '=https://{{ $version === 2 ? "two" : "one" }}.api.test', 'https://api.test/v1//']), ...maker.maybe(0.3, () => ({ headers: { 'x-default': '=v{{$version}}', 'content-type': random.pick(['application/json', 'application/x-www-form-urlencoded', 'text/plain']) } })) },
		requestOperations: maker.maybe(0.15, () => ({ pagination: maker.pagination() })),
		properties,
	});
	return withOptions(description);
}

/** The user's own settings of requests. */
const requestOptions = (random) => random.pick([
	{ batching: { batch: { batchSize: 2, batchInterval: 1 } } }, { timeout: 4000 }, { allowUnauthorizedCerts: true }, { proxy: 'no proxy' }, { proxy: 'http://' }, { batching: { batch: { batchSize: -1, batchInterval: 0 } } }, {},
]);

/** `count` made-up nodes; `next(random)` gives a case of one of them. */
export function syntheticCases(n8n, random, count) {
	const { NodeHelpers } = n8n('n8n-workflow');
	const { requestOptions: shown } = Object.fromEntries(n8n('n8n-nodes-base/dist/types/nodes.json').flatMap(({ properties }) => properties.filter(({ name }) => name === 'requestOptions').map((property) => [property.name, property])));
	const withOptions = (description) => ({ ...description, properties: [...description.properties, shown] });
	const nodes = Array.from({ length: count }, (_, index) => descriptor(random, index, withOptions));
	const next = (drawn) => {
		const node = drawn.pick(nodes);
		const typeVersion = drawn.pick([1, 2]);
		const { parameters } = parametersFor(NodeHelpers, drawn, node, typeVersion);
		if (drawn.chance(0.15)) parameters.requestOptions = requestOptions(drawn);
		const credentials = Object.fromEntries((node.credentials ?? []).map(({ name }) => [name, DATA[name]]));
		return { name: `${node.name}.${typeVersion}.${parameters.operation}`, description: node, node: { type: `made-up.${node.name}`, typeVersion, parameters }, credentials, items: someItems(drawn) };
	};
	return { next, nodes, types: CREDENTIAL_TYPES };
}
