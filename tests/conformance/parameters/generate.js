'use strict';
// Makes cases over all of n8n-nodes-base's descriptors and writes down what n8n answers; see docs/conformance.md.

const fs = require('node:fs');
const { Random } = require('../random');
const { ValueMaker } = require('./values');

const clone = (value) => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));
const makeNode = (description, typeVersion, parameters) => ({
	id: '1', name: 'Node', type: description.name, typeVersion, position: [0, 0], parameters,
});

/** The calls that are compared, by the name of their answer. */
function calls({ NodeHelpers }) {
	const form = (defaults, hidden) => (description, node, parameters) =>
		NodeHelpers.getNodeParameters(description.properties, parameters, defaults, hidden, node, description);
	return {
		withDefaults: form(true, false),
		nonDefaults: form(false, false),
		withDefaultsAll: form(true, true),
		nonDefaultsAll: form(false, true),
		issues: (description, node) => NodeHelpers.getNodeParametersIssues(description.properties, node, description),
		displayed: (description, node, parameters) =>
			description.properties.flatMap((property, index) => (NodeHelpers.displayParameter(parameters, property, node, description) ? [index] : [])),
	};
}

/** Runs one call on a fresh copy of the parameters; a throw becomes {throws: message}. */
function answer(call, { description, typeVersion }, parameters) {
	const input = clone(parameters);
	try {
		return clone(call(description, makeNode(description, typeVersion, input), input)) ?? null;
	} catch (error) {
		return { throws: error.message };
	}
}

function expectations(all, item) {
	const results = {};
	for (const name of ['withDefaults', 'nonDefaults', 'withDefaultsAll', 'nonDefaultsAll', 'issues']) results[name] = answer(all[name], item, item.parameters);
	const resolved = results.withDefaults.throws === undefined ? results.withDefaults : item.parameters;
	results.issuesResolved = answer(all.issues, item, resolved);
	results.displayed = answer(all.displayed, item, resolved);
	return results;
}

function makeCase({ NodeHelpers }, descriptors, random, id) {
	const descriptor = random.int(0, descriptors.length - 1);
	const description = descriptors[descriptor];
	const typeVersion = random.pick([description.version].flat());
	const probe = makeNode(description, typeVersion, {});
	const isDisplayed = (values, property, root) => NodeHelpers.displayParameter(values, property, probe, description, root);
	const maker = new ValueMaker(random, description.properties, isDisplayed);
	return { id, descriptor, description, typeVersion, parameters: clone(maker.parameters(description.properties)) };
}

/** `count` cases of a seed; `workflow` is n8n-workflow. */
function makeCases(workflow, descriptors, seed, count) {
	const random = new Random(seed);
	return Array.from({ length: count }, (_, index) => makeCase(workflow, descriptors, random, `${seed}:${index}`));
}

/** Writes cases with n8n's answers, a line each. */
function writeCases(workflow, cases, file) {
	const all = calls(workflow);
	const out = fs.openSync(file, 'w');
	for (const item of cases) {
		const { id, descriptor, typeVersion, parameters } = item;
		fs.writeSync(out, `${JSON.stringify({ id, descriptor, typeVersion, parameters, expected: expectations(all, item) })}\n`);
	}
	fs.closeSync(out);
}

/** Cases per second of each of n8n's calls alone: warm, one thread, the best of eight passes. */
function measure(workflow, cases) {
	const all = calls(workflow);
	const speed = {};
	for (const name of ['withDefaults', 'nonDefaults', 'withDefaultsAll', 'issues', 'displayed']) {
		const prepared = cases.map((item) => {
			const resolved = name === 'displayed' ? answer(all.withDefaults, item, item.parameters) : undefined;
			const input = clone(resolved === undefined || resolved.throws !== undefined ? item.parameters : resolved);
			return [item.description, makeNode(item.description, item.typeVersion, input), input];
		});
		const pass = () => {
			const start = process.hrtime.bigint();
			for (const input of prepared) {
				try {
					all[name](...input);
				} catch {}
			}
			return Number(process.hrtime.bigint() - start) / 1e9;
		};
		pass();
		speed[name] = Math.round(cases.length / Math.min(...Array.from({ length: 8 }, pass)));
	}
	return speed;
}

module.exports = { makeCases, writeCases, measure };
