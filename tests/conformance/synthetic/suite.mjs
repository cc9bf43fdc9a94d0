// Descriptors made for the purpose, and values no editor would write: parameters, issues, display; and every type of validateFieldType.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { compareCases } from '../parameters/suite.mjs';
import { parseLines } from '../recorded.mjs';

const require = createRequire(import.meta.url);
const { Random } = require('../random.js');
const { makeCases } = require('../parameters/generate.js');
const { makeDescriptors } = require('./descriptors.js');
const { makeNasty } = require('./nasty.js');
const { typeCalls, NOW } = require('./types.js');

const DESCRIPTORS = 1_500;
const CASES_PER_SEED = 6_000;

export const name = 'synthetic';
export const rows = [];

export async function run({ n8n, seeds, temporary, cargo }) {
	const bundle = n8n.resolve('n8n-nodes-base/dist/types/nodes.json');
	const workflow = n8n('n8n-workflow');
	const answerCases = await cargo.example('answer_cases');
	const answerPeer = await cargo.example('answer_peer');
	const differences = [];
	const figures = [];
	for (const seed of seeds) {
		const random = new Random(seed);
		const made = join(temporary, `made-${seed}.json`);
		const descriptors = makeDescriptors(random, DESCRIPTORS);
		writeFileSync(made, JSON.stringify(descriptors));
		const nasty = (cases) => cases.map((item) => (random.chance(0.6) ? { ...item, parameters: makeNasty(random, item.parameters, item.description.properties.map((property) => property.name)) } : item));
		for (const [title, nodes, list] of [['made', made, descriptors], ['n8n', bundle, n8n(bundle)]]) {
			const cases = nasty(makeCases(workflow, list, seed, CASES_PER_SEED));
			const found = await compareCases({ workflow, driver: answerCases, temporary, nodes, cases, name: `${title}-${seed}` });
			figures.push(`seed ${seed}, ${title} descriptors: ${cases.length} cases, ${found.figure}`);
			differences.push(...found.differences);
		}
		const calls = typeCalls(workflow, n8n('luxon'), random);
		const file = join(temporary, `types-${seed}.jsonl`);
		writeFileSync(file, calls.map((call) => `${JSON.stringify(call)}\n`).join(''));
		const answers = parseLines(await answerPeer(file, 'UTC', String(NOW)));
		const wrong = answers.filter(({ different }) => different.length > 0);
		figures.push(`seed ${seed}, types: ${answers.length} calls, ${wrong.length} different`);
		differences.push(...wrong.map(({ different, expected, actual }) => ({ row: null, title: different[0], expected, actual })));
	}
	return { figures, differences };
}
