// Generated expressions have n8n's values and n8n's errors.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONTEXT, generate } from './generate.mjs';

export const name = 'expressions';
export const rows = [];

const CASES = 1000;
const KNOWN = JSON.parse(readFileSync(new URL('differences.json', import.meta.url), 'utf8')).map((one) => ({ ...one, pattern: new RegExp(one.pattern) }));

export async function run({ n8n, cargo, temporary, seeds }) {
	const driver = await cargo.example('expressions');
	const contexts = join(temporary, 'contexts.json');
	writeFileSync(contexts, JSON.stringify({ conformance: CONTEXT }));
	const differences = [];
	const figures = [];
	for (const seed of seeds) {
		const cases = generate(seed, CASES);
		const file = join(temporary, `expressions-${seed}.jsonl`);
		writeFileSync(file, cases.map((one) => `${JSON.stringify({ ...one, context: 'conformance' })}\n`).join(''));
		const answers = (await driver(contexts, file, '--answers')).trimEnd().split('\n').map((line) => JSON.parse(line));
		cases.forEach((one, index) => {
			const expected = ask(n8n, one);
			const actual = answers[index].error === undefined ? { value: answers[index].value } : { error: answers[index].error.message };
			if (JSON.stringify(expected) === JSON.stringify(actual)) return;
			const text = JSON.stringify(one.expression);
			const row = KNOWN.find(({ pattern }) => pattern.test(text))?.row ?? null;
			differences.push({ row, title: text, input: one.itemIndex, expected, actual });
		});
		figures.push(`${cases.length} expressions of seed ${seed}`);
	}
	return { figures, differences };
}

/** What n8n answers: a value as JSON, or an error's message. */
function ask(n8n, { itemIndex, expression }) {
	const { Workflow, createRunExecutionData } = n8n('n8n-workflow');
	const description = { name: 'node', displayName: 'Node', inputs: ['main'], outputs: ['main'], properties: [] };
	const nodeTypes = { getByNameAndVersion: () => ({ description }), getByName: () => ({ description }), getKnownTypes: () => ({}) };
	const { workflow: definition, runData, activeNode, input, runIndex, mode, executionId, vars } = structuredClone(CONTEXT);
	const workflow = new Workflow({ ...structuredClone(definition), nodeTypes });
	for (const { name, parameters } of definition.nodes) workflow.nodes[name].parameters = structuredClone(parameters);
	const items = runData[input.previousNode][0].data.main[0].map((item, index) => ({ ...item, pairedItem: { item: index } }));
	const data = createRunExecutionData({ resultData: { runData } });
	const keys = { $vars: vars, $execution: { id: executionId, mode: 'test' }, $executionId: executionId };
	const executeData = { data: { main: [items] }, node: workflow.getNode(activeNode), source: { main: [input] } };
	try {
		return { value: written(workflow.expression.getParameterValue(expression, data, runIndex, itemIndex, activeNode, items, mode, keys, executeData)) };
	} catch (error) {
		return { error: String(error?.message) };
	}
}

const written = (value) => JSON.parse(JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part)) ?? 'null');
