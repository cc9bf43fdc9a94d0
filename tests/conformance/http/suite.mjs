// The runner over HTTP with n8n-nodes-base loaded: every descriptor comes back as it is, and /parameters says what n8n says.

import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(import.meta.url);
const { Random } = require('../random.js');
const { makeCases } = require('../parameters/generate.js');
const { makeNasty } = require('../synthetic/nasty.js');

const CASES_PER_SEED = 1_000;
const PREFIX = 'n8n-nodes-base';

export const name = 'http';
export const rows = [];

export async function run({ n8n, seeds, cargo }) {
	const files = ['nodes', 'credentials'].map((kind) => n8n.resolve(`${PREFIX}/dist/types/${kind}.json`));
	const [nodes, credentials] = files.map((file) => n8n(file));
	const program = await cargo.binary('nodehost');
	const runner = await start(program, files);
	try {
		const differences = [];
		const { NodeHelpers } = n8n('n8n-workflow');
		await descriptors(runner, NodeHelpers, nodes, credentials, differences);
		const kinds = { answered: 0, refused: 0 };
		for (const seed of seeds) {
			const random = new Random(seed);
			for (const item of makeCases(n8n('n8n-workflow'), nodes, seed, CASES_PER_SEED)) {
				if (random.chance(0.3)) makeNasty(random, item.parameters, item.description.properties.map((property) => property.name));
				differences.push(...(await parameters(runner, NodeHelpers, item, random, kinds)));
			}
		}
		const figures = [
			`${nodes.length} node entries and ${credentials.length} credential types from GET`,
			`POST /parameters: ${kinds.answered} answered, ${kinds.refused} refused where n8n throws`,
		];
		return { figures, differences };
	} finally {
		await runner.stop();
	}
}

/** Starts the runner on a free port. */
async function start(program, files) {
	const options = files.flatMap((file) => ['--nodes', file]);
	const child = spawn(program, ['serve', '--listen', '127.0.0.1:0', ...options], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODEHOST_LOG: 'warn' } });
	const ended = new Promise((done) => child.once('close', done));
	const address = await new Promise((done, failed) => {
		createInterface(child.stdout).on('line', (line) => {
			const found = / listens on (http:\S+)/.exec(line);
			if (found) done(found[1]);
		});
		ended.then((code) => failed(new Error(`the runner ended with ${code}`)));
	});
	return {
		async ask(path, body) {
			const post = body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
			const response = await fetch(address + path, post);
			return { status: response.status, text: await response.text() };
		},
		async stop() {
			child.kill('SIGTERM');
			await ended;
		},
	};
}

async function descriptors(runner, NodeHelpers, nodes, credentials, differences) {
	const compare = async (title, path, expected) => {
		const { status, text } = await runner.ask(path);
		if (status !== 200 || JSON.stringify(JSON.parse(text)) !== JSON.stringify(expected)) differences.push({ row: null, title, input: path, expected, actual: text });
	};
	for (const entry of nodes) {
		for (const version of [entry.version].flat()) await compare(`${entry.name} ${version}`, `/v1/nodes/${PREFIX}.${entry.name}?version=${version}`, entry);
	}
	const byName = new Map(credentials.map((entry) => [entry.name, entry]));
	// With their package: the runner brings HaloPSA Complete, which has a haloPSAApi of its own.
	for (const entry of credentials) {
		await compare(entry.name, `/v1/credential-types/${PREFIX}.${entry.name}`, entry);
		await compare(`${entry.name}, resolved`, `/v1/credential-types/${PREFIX}.${entry.name}?resolved=true`, merged(NodeHelpers, entry, byName));
	}
}

/** As n8n's CredentialsHelper merges what a type extends. */
function merged(NodeHelpers, entry, byName) {
	const properties = ({ extends: parents, properties: own }) => {
		if (parents === undefined) return own;
		const combined = [];
		for (const parent of parents) NodeHelpers.mergeNodeProperties(combined, properties(byName.get(parent)));
		NodeHelpers.mergeNodeProperties(combined, own);
		return combined;
	};
	const { extends: _, ...rest } = entry;
	return { ...rest, properties: properties(entry) };
}

async function parameters(runner, NodeHelpers, { description, typeVersion, parameters: given, id }, random, kinds) {
	const [defaults, hidden] = [random.chance(0.7), random.chance(0.3)];
	const request = { typeVersion, parameters: given, defaults, hidden };
	const expected = n8nAnswer(NodeHelpers, description, request);
	const { status, text } = await runner.ask(`/v1/nodes/${PREFIX}.${description.name}/parameters`, request);
	const actual = JSON.parse(text);
	const fits = expected === undefined ? status === 422 && actual.code === 'n8n_error' : status === 200 && ['parameters', 'issues', 'displayed'].every((key) => same(expected[key], actual[key]));
	kinds[status === 200 ? 'answered' : 'refused'] += 1;
	return fits ? [] : [{ row: null, title: `POST /parameters, case ${id} of ${description.name}`, input: request, expected: expected ?? 'n8n throws', actual }];
}

/** What the contract promises; undefined where n8n throws. */
function n8nAnswer(NodeHelpers, description, { typeVersion, parameters: given, defaults, hidden }) {
	const node = (values) => ({ id: '1', name: 'Node', type: description.name, typeVersion, position: [0, 0], parameters: structuredClone(values) });
	const resolve = (withDefaults, withHidden) => {
		const subject = node(given);
		return plain(NodeHelpers.getNodeParameters(description.properties, subject.parameters, withDefaults, withHidden, subject, description));
	};
	try {
		const complete = resolve(true, false);
		const shown = (property) => NodeHelpers.displayParameter(complete, property, node(complete), description);
		return {
			parameters: resolve(defaults, hidden),
			issues: plain(NodeHelpers.getNodeParametersIssues(description.properties, node(complete), description)),
			displayed: description.properties.flatMap((property, index) => (shown(property) ? [index] : [])),
		};
	} catch {
		return undefined;
	}
}

const plain = (value) => JSON.parse(JSON.stringify(value ?? null));

/** Equal but for key order. */
function same(left, right) {
	if (left === null || right === null || typeof left !== 'object' || typeof right !== 'object') return Object.is(left, right) || left === right;
	const [keys, others] = [Object.keys(left), Object.keys(right)];
	return Array.isArray(left) === Array.isArray(right) && keys.length === others.length && keys.every((key) => Object.hasOwn(right, key) && same(left[key], right[key]));
}
