// Requests with an access key of AWS, and how n8n's own credential signs them at a moment.

const KEY = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', region: 'eu-west-1' };
const TEMPORARY = { ...KEY, temporaryCredentials: true, sessionToken: 'session/+=token' };
const ENDPOINT = { ...KEY, customEndpoints: true, bedrockEndpoint: 'https://vpce.{region}.internal.example/base/' };

const HOSTS = [
	'sqs.us-east-1.amazonaws.com', 'iam.amazonaws.com', 'dynamodb.eu-west-1.amazonaws.com', 'email.us-west-2.amazonaws.com',
	'bucket.s3.us-east-1.amazonaws.com', 'my.bucket.s3.dualstack.us-east-2.amazonaws.com', 'bucket.s3.amazonaws.com', 's3-fips.us-east-1.amazonaws.com',
	'bucket.s3-eu-west-1.amazonaws.com', 'us-east-1.s3.amazonaws.com', 'bucket.s3-accelerate.dualstack.amazonaws.com', 'us-east-1.queue.amazonaws.com',
	'search-x.us-east-1.es.amazonaws.com', 'abc.execute-api.us-east-1.amazonaws.com', 'sqs.cn-north-1.amazonaws.com.cn', 'bedrock-runtime.us-east-1.amazonaws.com',
	'vpce-1.bedrock-runtime.us-east-1.vpce.amazonaws.com', 'bucket.vpce-1.s3.us-east-1.vpce.amazonaws.com', 'store.example.com', 'minio.local-zone-1.example.com:9000',
	'ap-1.s3-control.us-west-2.amazonaws.com', 'kinesis-fips.us-gov-west-1.amazonaws.com',
];
const PATHS = ['/', '/a/b/', "/a b/c+d&e=f(g)!*'/é", '/a//b/./c/../d', '/%2Fx%zz/%41%20', '/prod/users:list?b=2&a=1&a=0', '/x?q=1 2&p=%2B&e=&f&g=a+b&h=é'];
const BODIES = [
	['GET', {}, undefined],
	['POST', { 'content-type': 'application/x-amz-json-1.1', 'X-Amz-Target': 'Service.Operation' }, '{"a":"é"}'],
	['PUT', { 'X-Custom': '  a   b ', 'Cache-Control': 'no-cache', 'x-amz-acl': 'private' }, 'text'],
];

/** Every host with every path and body, the data in turn. */
export function awsCases() {
	const cases = [];
	for (const host of HOSTS) {
		for (const path of PATHS) {
			const [method, headers, body] = BODIES[cases.length % BODIES.length];
			const data = [KEY, TEMPORARY, ENDPOINT][Math.floor(cases.length / 3) % 3];
			cases.push({ type: 'aws', data, request: { method, url: `https://${host}${path}`, headers, ...(body === undefined ? {} : { body }) } });
		}
	}
	for (const path of ['/foundation-models', '/a/b?x=1']) {
		cases.push({ type: 'aws', data: ENDPOINT, request: { method: 'GET', url: `https://bedrock.us-east-1.amazonaws.com${path}`, headers: {} } });
	}
	return cases;
}

/** What n8n sends at the moment of `date` (`20250131T120000Z`). */
export async function awsExpected(n8n, { data, request }, date) {
	const at = Date.parse(date.replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z'));
	const Real = globalThis.Date;
	globalThis.Date = class extends Real {
		constructor(...given) {
			super(...(given.length === 0 ? [at] : given));
		}
		static now() {
			return at;
		}
	};
	try {
		const { Aws } = n8n('n8n-nodes-base/dist/credentials/Aws.credentials.js');
		const url = new URL(request.url);
		const { headers, url: sent } = await new Aws().authenticate(data, { ...request, headers: { ...request.headers }, baseURL: url.origin, url: url.pathname + url.search });
		const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value.trim()]);
		return { url: sent, headers: Object.fromEntries(lower.sort(([a], [b]) => (a < b ? -1 : 1))) };
	} finally {
		globalThis.Date = Real;
	}
}
