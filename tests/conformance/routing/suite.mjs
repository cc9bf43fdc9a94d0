// Declarative routing: generated cases, answered by n8n's own engine in this process, then by the host with n8n's replies replayed.

import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { generic, makeEngine } from '../engine.mjs';
import { parseLines } from '../recorded.mjs';
import { bundledCases } from './bundled.mjs';
import { reply } from './replies.mjs';
import { syntheticCases } from './synthetic.mjs';
import { MOST_REQUESTS, startWire } from './wire.mjs';

const { Random } = createRequire(import.meta.url)('../random.js');

export const name = 'routing';
export const rows = ['error-output-without-json', 'description-text', 'http-code-kept', 'service-message'];

const NOW = '2025-01-02T03:04:05Z';
// The made-up nodes combine what no node author would. They still find rare differences with other seeds (`--seed`), so that a commit is not to fail
// by the chance of its hash: a seed makes them where it is the fixed one or was chosen.
const CASES = { all: { bundled: 150, synthetic: 350 }, fresh: { bundled: 350, synthetic: 0 } };
const NODES = 120;

const told = (error) => error && JSON.parse(JSON.stringify({
	name: error.name, message: error.message, description: error.description ?? undefined, httpCode: error.httpCode ?? undefined,
}));

/** Outputs as JSON, errors by their lasting fields. */
const plain = (main) => main.map((items) => (items ?? []).map(({ json, binary, error, pairedItem }) => JSON.parse(JSON.stringify({ json, binary, error: told(error), pairedItem }))));

/** n8n's answer to a case; nothing where it pages without end. */
async function ask(engine, wire, { description, node, items, credentials }) {
	wire.take();
	let timer;
	const late = new Promise((_, failed) => { timer = setTimeout(() => failed(new Error('n8n did not finish')), 20_000); });
	const { main, error } = await Promise.race([engine.run({ description, node, items, credentials }), late]);
	clearTimeout(timer);
	// Where an item's parameters fail, n8n answers before the requests of the items before it are sent.
	if (error) await new Promise((done) => { setTimeout(done, 25); });
	const requests = wire.take();
	if (requests.length > MOST_REQUESTS) {
		await wire.settle();
		return undefined;
	}
	return { requests, ...(main && !error && { output: plain(main) }), ...(error && { error: told(error) }) };
}

/** Cases of one kind, answered by n8n. */
async function answered(maker, random, count, ask) {
	const cases = [];
	for (let tries = 0; cases.length < count && tries < count * 8; tries++) {
		const made = maker.next(random);
		if (made === undefined) continue;
		const { name: stem, description, node: bare, credentials, items } = made;
		// With pauses between items, a failure leaves the later ones not run here (row `stop-keeps-successes`).
		const pauses = bare.parameters.requestOptions?.batching?.batch.batchInterval > 0;
		const onError = random.pick([...(pauses ? [] : [undefined, undefined]), 'continueRegularOutput', 'continueErrorOutput']);
		const node = { ...bare, ...(onError && { onError }) };
		const expected = await ask({ description, node, items, credentials });
		if (expected !== undefined) cases.push({ id: `${stem}.${cases.length}`, node, credentials, items, expected });
	}
	return cases;
}

export async function run({ n8n, cargo, temporary, seeds, isSeedChosen }) {
	const driver = await cargo.example('routing');
	const bundled = bundledCases(n8n);
	const types = dirname(n8n.resolve('n8n-nodes-base/dist/types/nodes.json'));
	const luxon = n8n('luxon').Settings;
	luxon.now = () => Date.parse(NOW);
	const wire = await startWire(reply);
	// Where an item's parameters fail, n8n forgets the requests of the items before it, and their failures.
	const forgotten = () => {};
	process.on('unhandledRejection', forgotten);
	const differences = [];
	const figures = [];
	try {
		for (const [at, seed] of seeds.entries()) {
			const random = new Random(seed);
			const synthetic = syntheticCases(n8n, random, NODES);
			const engine = makeEngine(n8n, { types: { ...bundled.types, ...Object.fromEntries(synthetic.types.map((type) => [type.name, type])) }, authenticate: generic });
			const answers = (maker, count) => answered(maker, random, count, (made) => ask(engine, wire, made));
			const counts = at === 0 || isSeedChosen ? CASES.all : CASES.fresh;
			const cases = [...(await answers(bundled, counts.bundled)), ...(await answers(synthetic, counts.synthetic))];
			const folder = join(temporary, `routing-${at}`);
			mkdirSync(folder);
			writeFileSync(join(folder, 'nodes.json'), JSON.stringify(synthetic.nodes));
			writeFileSync(join(folder, 'credentials.json'), JSON.stringify(synthetic.types));
			const file = join(folder, 'cases.jsonl');
			writeFileSync(file, cases.map((one) => JSON.stringify(one)).join('\n'));
			const found = parseLines(await driver(file, `n8n-nodes-base=${types}`, `made-up=${folder}`));
			const wrong = found.filter(({ different }) => different.length > 0);
			const failed = cases.filter(({ expected }) => expected.error).length;
			figures.push(`seed ${seed}: ${cases.length} cases, ${failed} of them stop at an error, ${cases.length - wrong.length} agree`);
			differences.push(...wrong.map(({ id, different, row }) => ({ row: row ?? null, title: `${id}: ${different.join('; ')}`, input: cases.find((one) => one.id === id).node })));
			if (process.env.NODEHOST_KEEP) writeFileSync(join(process.env.NODEHOST_KEEP, `${at}.json`), JSON.stringify({ cases, wrong, nodes: synthetic.nodes }));
		}
	} finally {
		wire.close();
		process.off('unhandledRejection', forgotten);
		luxon.now = () => Date.now();
	}
	return { figures, differences };
}
