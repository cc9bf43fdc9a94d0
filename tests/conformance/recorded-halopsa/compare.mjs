// Whether a recorded case comes out equal once the rules of the ids it is named by have been applied.

import { answered, recorded } from './model.mjs';
import { outcomeIds, requestRules } from './rules.mjs';
import { settle } from './outcomes.mjs';

/** What differs beyond what the ids allow, as texts. */
export function differences(one, answer, ids) {
	const expected = recorded(one);
	const actual = answered(answer);
	for (const [id, rule] of Object.entries(requestRules)) if (ids.has(id)) rule(one, expected, actual);
	if (outcomeIds.some((id) => ids.has(id))) settle(one, expected, actual, ids);
	for (const request of actual.requests) if (request.shown) Object.assign(request, { query: request.shown, shown: undefined });
	return [...differentRequests(expected, actual), ...differentResults(expected, actual)];
}

function differentRequests(expected, actual) {
	const count = [expected.requests.length, actual.requests.length];
	const different = count[0] === count[1] ? [] : [`${count[1]} requests, not ${count[0]}`];
	for (const [index, wanted] of expected.requests.entries()) {
		const sent = actual.requests[index];
		for (const part of sent ? ['method', 'path', 'query', 'body'] : []) {
			// As text, since the order of a body's fields counts.
			const [left, right] = [JSON.stringify(sent[part]), JSON.stringify(wanted[part])];
			if (left !== right) different.push(`request ${index}: ${part} ${left}, not ${right}`);
		}
	}
	const [token, wantedToken] = [actual.tokens[0], expected.tokens[0]].map((form) => JSON.stringify([...(form ?? [])].sort()));
	if (token !== wantedToken) different.push(`token ${token}, not ${wantedToken}`);
	return different;
}

function differentResults(expected, actual) {
	const json = ({ output }) => JSON.stringify(output.map((items) => items.map((item) => item.json)));
	if (expected.error !== undefined || actual.error !== undefined) {
		const same = expected.error?.message === actual.error?.message && String(expected.error?.httpCode) === String(actual.error?.httpCode);
		return same ? [] : [`error ${JSON.stringify(actual.error)}, not ${JSON.stringify(expected.error)}`];
	}
	return json(expected) === json(actual) ? [] : [`output ${json(actual)}, not ${json(expected)}`];
}
