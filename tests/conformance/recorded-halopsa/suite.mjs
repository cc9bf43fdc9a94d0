// The recorded cases of the community HaloPSA node: what it sends and gives back, save for what differs on purpose.

import { fileURLToPath } from 'node:url';
import { NOT_RUN, judge, parseLines, recordedFile } from '../recorded.mjs';

export const name = 'recorded-halopsa';
export const document = 'docs/halopsa.md';

export async function run({ cargo }) {
	const cases = recordedFile('halopsa/public.jsonl');
	if (cases === undefined) return NOT_RUN;
	const driver = await cargo.example('nodehost-halopsa', 'recorded');
	return judge(parseLines(await driver(cases)), fileURLToPath(new URL('differences.json', import.meta.url)));
}
