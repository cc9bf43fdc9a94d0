// Recorded expressions: cases of their own, and the inputs of n8n's own tests with the installed library's answers.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NOT_RUN, judge, parseLines, recordedFile } from '../recorded.mjs';

export const name = 'recorded-expressions';

/** Where the clock stood for the cases of n8n's own tests. */
const PEER_CLOCK = '2024-03-10T15:45:30.250Z';

export async function run({ cargo, temporary }) {
	const file = recordedFile('expr/public.jsonl');
	if (file === undefined) return NOT_RUN;
	const contexts = recordedFile('expr/contexts.json');
	const cases = read(file);
	const peers = read(recordedFile('expr/peer-cases.jsonl'));
	const runnable = peers.filter(fitsRequest).map(toCase);
	const peerFile = join(temporary, 'peer-cases.jsonl');
	writeFileSync(peerFile, runnable.map((one) => `${JSON.stringify(one)}\n`).join(''));

	const driver = await cargo.example('expressions');
	const answers = [...judged(cases, await driver(contexts, file)), ...judged(runnable, await driver(contexts, peerFile))];
	const { figures, differences } = judge(answers, fileURLToPath(new URL('differences.json', import.meta.url)));
	figures.push(`${runnable.length} of them from n8n's own tests; ${peers.length - runnable.length} more take what a request cannot hold`);
	return { figures, differences };
}

const read = (file) => parseLines(readFileSync(file, 'utf8'));

/** The driver prints the cases that differ, then a summary in lines that begin with #. */
function judged(cases, output) {
	const lines = output.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
	const wrong = new Map(lines.map((line) => [line.id, line]));
	return cases.map(({ id, expected }) => {
		const line = wrong.get(id);
		if (line === undefined) return { id: String(id), different: [] };
		return { id: String(id), different: [JSON.stringify(line.expression)], expected, actual: line.answer };
	});
}

/** Whether the arguments of n8n's getParameterValue can be told in a request: an item's index, and no keys of the caller's own. */
function fitsRequest({ args: [, , , itemIndex, , , , keys] }) {
	return itemIndex >= 0 && Object.keys(plain(keys) ?? {}).length === 0;
}

/** A case of the driver's, with a context of its own. */
function toCase({ id, workflow, args, expected, expectedVm, machineDependent }) {
	const [expression, data, runIndex, itemIndex, activeNode, items, mode, , execution] = args.map(plain);
	const runData = data?.resultData?.runData;
	const input = execution?.source?.main?.[0];
	const context = { workflow: plain(workflow), activeNode, runIndex, mode, items, now: PEER_CLOCK, ...(runData && { runData }), ...(input && { input }) };
	const nondeterministic = JSON.stringify(expression).includes('random');
	const flags = { ...(expectedVm && { expectedVm }), ...(machineDependent && { machineDependent }), ...(nondeterministic && { nondeterministic }) };
	return { id: `peer.${id}`, group: 'peer', context, itemIndex, expression, expected, ...flags };
}

/** An encoded value as JSON would write it: undefined goes away, other kinds give what they hold. */
function plain(value) {
	if (Array.isArray(value)) return value.map((item) => plain(item) ?? null);
	if (value === null || typeof value !== 'object') return value;
	if (value.$type === 'undefined') return undefined;
	if (value.$type !== undefined) return plain(value.value);
	return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]).filter(([, part]) => part !== undefined));
}
