// The inputs of n8n's own tests of parameters, with the installed library's answers; those of functions the host has no use for are left out.

import { fileURLToPath } from 'node:url';
import { NOT_RUN, judge, parseLines, recordedFile } from '../recorded.mjs';

export const name = 'recorded-parameters';

/** The default zone of the machine that recorded. */
const ZONE = 'UTC-7';

export async function run({ cargo }) {
	const file = recordedFile('params/peer-cases.jsonl');
	if (file === undefined) return NOT_RUN;
	const driver = await cargo.example('answer_peer');
	return judge(parseLines(await driver(file, ZONE)), fileURLToPath(new URL('differences.json', import.meta.url)));
}
