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
	const descriptors = n8n('n8n-nodes-base/dist/types/nodes.json');
	const driver = await cargo.example('nodehost-parameters', 'answer_cases');
	const differences = [];
	const figures = [];
	for (const seed of seeds) {
		const cases = join(temporary, `parameters-${seed}.jsonl`);
		const report = join(temporary, `parameters-${seed}.report.jsonl`);
		writeCases(n8n('n8n-workflow'), makeCases(n8n('n8n-workflow'), descriptors, seed, CASES_PER_SEED), cases);
		const output = await driver(n8n.resolve('n8n-nodes-base/dist/types/nodes.json'), cases, report);
		figures.push(`seed ${seed}: ${CASES_PER_SEED} cases, ${output.trim()}`);
		const lines = readFileSync(report, 'utf8').split('\n').filter(Boolean);
		differences.push(...lines.map((line) => JSON.parse(line)).map((found) => ({
			row: null,
			title: `${found.call} of ${found.nodeType} ${found.typeVersion} (case ${found.id})`,
			input: found.parameters,
			expected: found.expected,
			actual: found.actual,
		})));
	}
	return { figures, differences };
}
