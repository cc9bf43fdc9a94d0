// The recorded cases of the community HaloPSA node: what it sends and gives back, save for what differs on purpose. `differences.json` names
// the cases of each id; a case has to come out equal once the rules of its ids have been applied, and not before.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { NOT_RUN, parseLines, recordedFile } from '../recorded.mjs';
import { differences } from './compare.mjs';

export const name = 'recorded-halopsa';
export const document = 'docs/halopsa.md';

export async function run({ cargo }) {
	const file = recordedFile('halopsa/public.jsonl');
	if (file === undefined) return NOT_RUN;
	const driver = await cargo.example('recorded');
	const answers = new Map(parseLines(await driver(file)).map((answer) => [answer.id, answer]));
	return judge(parseLines(readFileSync(file, 'utf8')), answers, namedIds());
}

/** The ids of each case that differs. */
export function namedIds() {
	const rows = JSON.parse(readFileSync(fileURLToPath(new URL('differences.json', import.meta.url)), 'utf8'));
	const named = new Map();
	for (const [id, cases] of Object.entries(rows)) for (const one of cases) named.set(one, [...(named.get(one) ?? []), id]);
	return named;
}

function judge(cases, answers, named) {
	const found = [];
	const counts = {};
	for (const one of cases) {
		const answer = answers.get(one.id);
		const ids = named.get(one.id) ?? [];
		named.delete(one.id);
		const beyond = differences(one, answer, new Set(ids));
		const idle = ids.filter((id) => differences(one, answer, new Set(ids.filter((other) => other !== id))).length === 0);
		if (beyond.length > 0) {
			const allowed = ids.length > 0 ? ` (beyond \`${ids.join('`, `')}\`)` : '';
			found.push({ row: null, title: `${one.id}${allowed}: ${beyond.join('; ')}`.slice(0, 600), expected: one.expected, actual: answer });
		} else if (idle.length > 0) {
			found.push({ row: null, title: `${one.id} agrees without \`${idle.join('`, `')}\`; strike it off` });
		} else for (const id of ids) {
			counts[id] = (counts[id] ?? 0) + 1;
			found.push({ row: id, title: `${one.id} differs as \`${id}\` says` });
		}
	}
	for (const [one, ids] of named) found.push({ row: null, title: `there is no case ${one}, which \`${ids.join('`, `')}\` names` });
	const differing = new Set(found.map(({ title }) => title.split(/[ :]/)[0])).size;
	const onPurpose = Object.entries(counts).map(([id, count]) => `${id} ${count}`).join(', ');
	return { figures: [`${cases.length} cases, ${cases.length - differing} agree; the others once allowed for: ${onPurpose}`], differences: found };
}
