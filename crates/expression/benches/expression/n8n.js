'use strict';
// node n8n.js NODE_MODULES, with WORK in the environment: n8n's evaluations per second, in process, warm, one thread.
const path = require('node:path');
const { createRequire } = require('node:module');

const n8n = createRequire(path.join(path.resolve(process.argv[2]), 'bench.js'))('n8n-workflow');
const { expressions, items, windows, seconds } = JSON.parse(process.env.WORK);

const node = (name) => ({ id: name, name, type: 'bench', typeVersion: 1, position: [0, 0], parameters: {} });
const description = { name: 'bench', displayName: 'Bench', inputs: ['main'], outputs: ['main'], properties: [] };
const nodeTypes = { getByNameAndVersion: () => ({ description }), getByName: () => ({ description }), getKnownTypes: () => ({}) };

function evaluation(expression, json) {
	const connections = { Input: { main: [[{ node: 'Active', type: 'main', index: 0 }]] } };
	const workflow = new n8n.Workflow({ id: '1', name: 'bench', active: false, nodes: [node('Input'), node('Active')], connections, nodeTypes, settings: { timezone: 'UTC' } });
	const input = [{ json, pairedItem: { item: 0 } }];
	const run = { startTime: 0, executionTime: 0, executionIndex: 0, source: [], data: { main: [input] } };
	const data = n8n.createRunExecutionData({ resultData: { runData: { Input: [run] } } });
	const executeData = { data: { main: [input] }, node: workflow.getNode('Active'), source: { main: [{ previousNode: 'Input' }] } };
	return () => workflow.expression.getParameterValue(expression, data, 0, 0, 'Active', input, 'manual', {}, executeData);
}

function rate(call) {
	const window = () => {
		const start = process.hrtime.bigint();
		let count = 0;
		let elapsed = 0;
		while (elapsed < seconds) {
			for (let i = 0; i < 100; i++) call();
			count += 100;
			elapsed = Number(process.hrtime.bigint() - start) / 1e9;
		}
		return count / elapsed;
	};
	window();
	return Math.max(...Array.from({ length: windows }, window));
}

const rows = items.flatMap(({ size, json }) => expressions.map((expression) => ({ size, expression, rate: rate(evaluation(expression, json)) })));
console.log(JSON.stringify(rows));
