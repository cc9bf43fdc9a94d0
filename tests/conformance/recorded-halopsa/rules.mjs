// What each id of docs/halopsa.md allows, as a rule that turns what the community node did into what this node is to do. What no rule of a
// case's ids turns has to be equal.

import { isDeepStrictEqual } from 'node:util';
import { byText, parametersOf } from './model.mjs';

const PAGING = new Set(['count', 'page_size', 'page_no', 'pageinate']);
const RENAMED = { emailaddress: 'email', lastname: 'surname', isadmin: 'is_admin', loginname: 'ad', phonenumber: 'extensionnumber' };

const EMPTY = [0, '', false, null];

/** By id: `(one, expected, actual) => void` changes `expected`, and `actual` where both lose the same part. In the order they apply. */
export const requestRules = {
	/** Fields of agents go by the API's names. */
	names(one, expected) {
		const record = (fields) => Object.fromEntries(Object.entries(fields).map(([name, value]) => renamed(one, name, value)));
		if (one.resource === 'agents') for (const request of posts(expected)) request.body = request.body.map(record);
	},

	/** Bodies are arrays, and not arrays of arrays. */
	arrays(_, expected) {
		for (const request of posts(expected)) request.body = [request.body].flat(2);
	},

	/** Ids are escaped; the community node's pass a parser of URLs that takes away what it does not like. */
	ids(_, expected, actual) {
		for (const [index, request] of expected.requests.entries()) {
			const path = actual.requests[index]?.path;
			const unescaped = path?.split('/').map(decodeURIComponent).join('/') ?? '';
			if (unescaped !== path && new URL(unescaped, 'http://halo').pathname === request.path) request.path = path;
		}
	},

	/** A webhook's URL is sent where its type is not set. */
	url(one, expected, actual) {
		for (const [index, request] of expected.requests.entries()) {
			const { url, type } = parametersOf(one, index, one.node.parameters).updateFields ?? {};
			if (type === undefined && url !== undefined) without('url', url, actual.requests[index], request);
		}
	},

	/** What is set to nothing is sent in create and update, and left out of filters. */
	clearing(one, expected, actual) {
		for (const [index, request] of expected.requests.entries()) {
			const { additionalFields, updateFields, filters, ...given } = parametersOf(one, index);
			const cleared = Object.entries({ ...given, ...additionalFields, ...updateFields }).filter(([, value]) => EMPTY.includes(value));
			for (const [name, value] of cleared) without(...renamed(one, name, value), actual.requests[index], request);
			const isLeftOut = ([name, value]) => (value === '' || value === '0') && EMPTY.includes(filters?.[name]);
			request.query = request.query.filter((pair) => !isLeftOut(pair));
		}
	},

	/** getById sends all of its options. */
	options(one, expected) {
		for (const [index, request] of expected.requests.entries()) {
			const { options, additionalFields, additionalOptions } = parametersOf(one, index);
			const set = Object.entries(options ?? additionalFields ?? additionalOptions ?? {}).filter(([, value]) => value !== undefined);
			request.query = set.map(([name, value]) => [name, String(value ?? '')]).sort(byText);
		}
	},

	/** Parameters of pages are this node's own; outcomes.mjs says what comes out. */
	paging(one, expected, actual) {
		for (const request of expected.requests) request.query = request.query.filter(([name]) => !PAGING.has(name));
		for (const request of actual.requests) request.shown = request.query.filter(([name]) => !PAGING.has(name));
	},

	/** The errors of tokens tell what the endpoint said; no token, no request. */
	token(one, expected, actual) {
		if (one.mock.tokens === undefined) return;
		expected.requests = [];
		const told = (message) => /^(No access token from|127\.0\.0\.1 did not accept)/.test(message ?? '');
		const items = actual.output.flat();
		const everyItem = items.length === one.items.length && items.every(({ json }) => Object.keys(json).join() === 'error' && told(json.error));
		if (actual.error ? told(actual.error.message) : everyItem) Object.assign(expected, { output: actual.output, error: actual.error });
	},
};

/** The ids that say what comes out, in outcomes.mjs. */
export const outcomeIds = ['paging', 'token', 'unwrap', 'deleted'];

/** A field that is sent with this value though the community node does not send it, taken away. */
function without(name, value, sent, wanted) {
	for (const [index, record] of (Array.isArray(sent?.body) ? sent.body : []).entries()) {
		const recorded = Array.isArray(wanted.body) ? wanted.body[index] : wanted.body;
		if (recorded && !(name in recorded) && isDeepStrictEqual(record?.[name], value)) delete record[name];
	}
}

function renamed({ resource }, name, value) {
	if (resource !== 'agents') return [name, value];
	if (name === 'active') return ['isdisabled', !value];
	if (name === 'department_id') return ['departments', [{ department_id: value }]];
	if (name === 'team_id') return ['teams', [{ team_id: value }]];
	return [RENAMED[name] ?? name, value];
}

const posts = ({ requests }) => requests.filter(({ body }) => body !== null);
