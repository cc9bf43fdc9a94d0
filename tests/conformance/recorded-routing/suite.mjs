// Recorded cases of n8n's declarative nodes: the requests they send, the items and errors they put out.

import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NOT_RUN, judge, parseLines, recordedFile } from '../recorded.mjs';

export const name = 'recorded-routing';

export async function run({ n8n, cargo }) {
	const cases = recordedFile('routing/public.jsonl');
	if (cases === undefined) return NOT_RUN;
	const driver = await cargo.example('routing');
	const types = dirname(n8n.resolve('n8n-nodes-base/dist/types/nodes.json'));
	return judge(parseLines(await driver(cases, `n8n-nodes-base=${types}`)), fileURLToPath(new URL('differences.json', import.meta.url)));
}
