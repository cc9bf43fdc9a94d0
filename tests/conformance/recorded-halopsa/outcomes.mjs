// What has to come out where pages, renewed tokens, records and deletes differ from the community node on purpose: from the replies to each
// item's requests, by the definitions in docs/halopsa.md.

import { isDeepStrictEqual } from 'node:util';
import { parametersOf } from './model.mjs';

const LISTS = { agents: 'agents', assets: 'assets', client: 'clients', invoices: 'invoices', sites: 'sites', tickets: 'tickets', webhooks: 'webhooks' };
const PAGED = ['assets', 'client', 'invoices', 'sites', 'tickets', 'webhookEvents'];
const STATUS = {
	400: 'Bad request - please check your parameters',
	401: 'Authorization failed - please check your credentials',
	403: 'Forbidden - perhaps check your credentials?',
	404: 'The resource you are requesting could not be found',
	422: 'Your request is invalid or could not be processed by the service',
	429: 'The service is receiving too many requests from you',
	500: 'The service was not able to process your request',
	503: 'Service unavailable - try again later or consider setting this node to retry automatically (in the node settings)',
};
const REFUSED = /is required$|JSON/;

/** Replaces what the community node put out by what this node is to put out, and its requests by those that need. */
export function settle(one, expected, actual, ids) {
	if (!ids.has('unwrap') && !ids.has('deleted') && !isDeepStrictEqual(outputOf(one, plain(one, expected)), partOf(expected))) return;
	const groups = grouped(one, actual.requests, ids);
	const outcomes = inItems(one, expected, groups, (group, itemIndex) => outcome(one, itemIndex, group, ids));
	actual.requests = groups.map(({ requests }) => requests[0]);
	const settled = outputOf(one, outcomes);
	if (expected.error !== undefined || settled.error !== undefined) {
		// Where one of the two stops, the other's further requests have nothing to be compared with.
		const both = Math.min(actual.requests.length, expected.requests.length);
		for (const side of [actual, expected]) side.requests.length = both;
	}
	if (outcomes.length < one.items.length && settled.error === undefined) settled.error = { message: 'an item has no request' };
	Object.assign(expected, settled);
}

/** The requests of each item: again after a rejected token, and page after page. */
function grouped(one, requests, ids) {
	const { responses } = one.mock;
	const groups = [];
	for (const [index, request] of requests.entries()) {
		const reply = responses[Math.min(index, responses.length - 1)];
		const group = groups.at(-1);
		const rejected = group?.replies.at(-1).status === 401 && !group.renewed;
		const pageNo = (query) => Number(query.find(([name]) => name === 'page_no')?.[1]);
		const isNextPage = group && isPaged(one, groups.length - 1) && pageNo(request.query) === pageNo(group.requests.at(-1).query) + 1;
		const isSame = (part) => isDeepStrictEqual({ ...request, query: part(request.query) }, { ...group.requests[0], query: part(group.requests[0].query) });
		if (ids.has('token') && rejected && isSame((query) => query)) Object.assign(group, { renewed: true, replies: [...group.replies.slice(0, -1), reply] });
		else if (ids.has('paging') && isNextPage && isSame((query) => query.filter(([name]) => name !== 'page_no'))) {
			group.requests.push(request);
			group.replies.push(reply);
		} else groups.push({ requests: [request], replies: [reply] });
	}
	return groups;
}

/** One reply an item, as the community node has it, without any limit. */
function plain(one, expected) {
	const { responses } = one.mock;
	const groups = expected.requests.map((request, index) => ({ requests: [request], replies: [responses[Math.min(index, responses.length - 1)]] }));
	return inItems(one, expected, groups, ({ replies: [reply] }) => (failed(reply) ?? { records: recordsOf(one, reply.body) }));
}

/** An outcome for each item: refused ones, as recorded, have no requests. */
function inItems(one, expected, groups, settled) {
	const left = [...groups];
	const outcomes = [];
	const refusals = new Map(expected.output.flat().filter(({ json }) => REFUSED.test(json?.error ?? '')).map(({ json, item }) => [item, json.error]));
	for (let itemIndex = 0; itemIndex < one.items.length; itemIndex += 1) {
		if (refusals.has(itemIndex)) outcomes.push({ error: { message: refusals.get(itemIndex) } });
		else if (left.length > 0) outcomes.push(settled(left.shift(), itemIndex));
	}
	return outcomes;
}

function outcome(one, itemIndex, { replies }, ids) {
	const wrong = replies.map(failed).find((error) => error !== undefined);
	if (wrong) return wrong;
	const parameters = parametersOf(one, itemIndex);
	if (ids.has('deleted')) {
		const id = Object.entries(parameters).find(([name]) => /id$/i.test(name))[1];
		const told = replies[0].body;
		return { records: [{ success: true, id, ...(isObject(told) ? told : {}), ...{ success: true, id } }] };
	}
	const records = replies.flatMap(({ body }) => recordsOf(one, body));
	if (one.operation !== 'getAll') return { records };
	// Without checks a limit of 0 is none.
	const limit = parameters.returnAll ? Infinity : Math.floor(parameters.limit) || Infinity;
	const repeated = replies.findIndex(({ body }, page) => page > 0 && isDeepStrictEqual(body, replies[page - 1].body));
	if (repeated > 0) return { error: { message: `Page ${repeated + 1} is the same as the page before it: the service did not go on` } };
	const total = replies.at(-1).body?.record_count;
	if (isPaged(one, itemIndex) && typeof total === 'number' && records.length < Math.min(total, limit)) {
		return { error: { message: `The service declared ${total} items, and its pages held ${records.length}` } };
	}
	return { records: records.slice(0, limit) };
}

function recordsOf({ resource, operation }, body) {
	if (operation !== 'getAll') return [body || {}].flat();
	if (Array.isArray(body)) return body;
	if (resource === 'webhookEvents') return Object.values(body ?? {}).find(Array.isArray) ?? [];
	// A list that is something else: lists with a key of their own have no records in it, save for those that the community node takes it for one.
	const keyed = resource in LISTS && !['assets', 'client'].includes(resource);
	return [body?.[LISTS[resource]] ?? ((!keyed && body) || [])].flat();
}

function failed({ status }) {
	return status < 300 ? undefined : { error: { message: STATUS[status], httpCode: String(status) } };
}

/** The error policy, over outcomes in input order. */
function outputOf({ node }, outcomes) {
	const first = outcomes.find(({ error }) => error !== undefined);
	const stops = node.onError === undefined || node.onError === 'stopWorkflow';
	if (stops && first) return { output: [], error: first.error };
	const good = [];
	const bad = node.onError === 'continueErrorOutput' ? [] : good;
	for (const { records, error } of outcomes) {
		if (error) bad.push({ error: error.message });
		else good.push(...records);
	}
	const output = bad === good ? [good] : [good, bad];
	while (output.length > 0 && output.at(-1).length === 0) output.pop();
	return { output: output.map((items) => items.map((json) => ({ json }))), error: undefined };
}

const partOf = ({ output, error }) => ({ output: output.map((items) => items.map(({ json }) => ({ json }))), error });
const isPaged = (one, itemIndex) => PAGED.includes(one.resource) && itemIndex < one.items.length && !parametersOf(one, itemIndex).filters?.page_no;
const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
