// getNodeParameters four ways, getNodeParametersIssues and displayParameter, over all of n8n-nodes-base's descriptors.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRequire } from 'node:module';

const { makeCases, writeCases } = createRequire(import.meta.url)('./generate.js');
const CASES_PER_SEED = 12_000;

export const name = 'parameters';
/** Rows of docs/compatibility.md that this suite has to meet. */
export const rows = [];

export async function run({ n8n, seeds, temporary, cargo }) {
	const nodes = n8n.resolve('n8n-nodes-base/dist/types/nodes.json');
	const workflow = n8n('n8n-workflow');
	const driver = await cargo.example('answer_cases');
	const differences = [];
	const figures = [];
	for (const seed of seeds) {
		const cases = makeCases(workflow, n8n(nodes), seed, CASES_PER_SEED);
		const found = await compareCases({ workflow, driver, temporary, nodes, cases, name: `parameters-${seed}` });
		figures.push(`seed ${seed}: ${CASES_PER_SEED} cases, ${found.figure}`);
		differences.push(...found.differences);
	}
	return { figures, differences };
}

/** Asks n8n and the driver about cases over the descriptors of the file `nodes`. */
export async function compareCases({ workflow, driver, temporary, nodes, cases, name: title }) {
	const file = join(temporary, `${title}.jsonl`);
	const report = join(temporary, `${title}.report.jsonl`);
	writeCases(workflow, cases, file);
	const output = await driver(nodes, file, report);
	const lines = readFileSync(report, 'utf8').split('\n').filter(Boolean);
	const differences = lines.map((line) => JSON.parse(line)).map((found) => ({
		row: null,
		title: `${found.call} of ${found.nodeType} ${found.typeVersion} (case ${found.id})`,
		input: found.parameters,
		expected: found.expected,
		actual: found.actual,
	}));
	return { figure: output.trim(), differences };
}
