// Requests for OAuth2 tokens, and those that n8n makes with the same data.

import { createServer } from 'node:http';

const CLIENT = { accessTokenUrl: 'https://sign-in.example/token', clientId: 'me & you', clientSecret: 's=c&r+t é' };
const GRANTS = [
	{ grantType: 'clientCredentials' },
	{ grantType: 'authorizationCode', oauthTokenData: { access_token: 'old', refresh_token: 'refresh/+token' } },
	{ grantType: 'pkce', oauthTokenData: { access_token: 'old', refresh_token: 'refresh', token_type: 'Bearer' } },
	{ grantType: 'clientCredentials', oauthTokenData: { access_token: 'old', resource: 'https://resource.example' } },
];
const MORE = [
	{},
	{ authentication: 'body' },
	{ authentication: 'header', scope: 'one  two' },
	{ authentication: 'body', scope: ' a ', sendAdditionalBodyProperties: true, additionalBodyProperties: '{"audience":"https://api.example","scope":"x","n":1,"list":["a","b"],"none":null,"deep":{"a":1}}' },
	{ authentication: 'body', clientSecret: '' },
];

export function tokenCases() {
	const cases = [];
	for (const grant of GRANTS) {
		for (const more of MORE) {
			// n8n refuses a client without a secret that asks for itself.
			if (more.clientSecret === '' && grant.grantType === 'clientCredentials') continue;
			cases.push({ type: 'oAuth2Api', data: { ...CLIENT, ...grant, ...more, tokenExpiredStatusCode: 200 }, request: { method: 'GET', url: 'https://service.example/path' } });
		}
	}
	return cases;
}

/** The request for a token that n8n makes when the service says that there is none or that it has expired. */
export async function tokenExpected(n8n, { data }) {
	const { requestOAuth2 } = n8n('n8n-core/dist/execution-engine/node-execution-context/utils/request-helpers/oauth.js');
	const received = [];
	const server = createServer((request, response) => {
		let body = '';
		request.on('data', (chunk) => (body += chunk));
		request.on('end', () => {
			received.push({ headers: request.headers, body });
			response.setHeader('content-type', 'application/json');
			response.end('{"access_token":"new-token","expires_in":3600}');
		});
	});
	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
	const credentials = { ...structuredClone(data), accessTokenUrl: `http://127.0.0.1:${server.address().port}/token` };
	// Displayed in n8n, and so in its data, only where they apply.
	if (data.authentication !== 'body' || data.grantType !== 'clientCredentials') delete credentials.additionalBodyProperties;
	const helper = {
		getDecrypted: async () => credentials,
		runPreAuthentication: async () => undefined,
		updateCredentialsOauthTokenData: async () => undefined,
	};
	const expired = Object.assign(new Error('expired'), { response: { status: 200 } });
	let calls = 0;
	const context = {
		getCredentials: async () => credentials,
		getMode: () => 'manual',
		logger: { debug() {}, warn() {}, info() {}, error() {} },
		helpers: { httpRequest: async () => { calls += 1; if (calls === 1) throw expired; return {}; } },
	};
	const node = { name: 'Node', credentials: { oAuth2Api: { id: '1', name: 'x' } } };
	try {
		await requestOAuth2.call(context, 'oAuth2Api', { url: 'https://service.example/path', headers: {} }, node, { credentialsHelper: helper }, undefined, true);
	} finally {
		server.close();
	}
	return canonical(received[0]);
}

export const tokenActual = (requests) => canonical(requests.find(({ url }) => url.endsWith('/token')));

function canonical({ headers, body }) {
	const form = [...new URLSearchParams(body)].sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1));
	return { authorization: headers.authorization ?? null, type: headers['content-type'].split(';')[0], form };
}
