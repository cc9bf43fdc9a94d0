// Runs the suites: each folder here that holds a suite.mjs. See docs/conformance.md for what a suite is.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const project = resolve(here, '../..');
const FIXED_SEED = 1;
const SHOWN = 20;

const { values: options, positionals: wanted } = parseArgs({
	options: { modules: { type: 'string' }, seed: { type: 'string' } },
	allowPositionals: true,
});

let target;
/** Builds every example and program, at once and so with the features that the tests have, and answers one's file. */
function build(kind, name) {
	if (target === undefined) {
		execFileSync('cargo', ['build', '--quiet', '--workspace', '--examples', '--bins', '--locked'], { cwd: project, stdio: 'inherit' });
		target = JSON.parse(execFileSync('cargo', ['metadata', '--no-deps', '--format-version', '1'], { cwd: project, maxBuffer: 1 << 28 })).target_directory;
	}
	return join(target, kind === 'example' ? 'debug/examples' : 'debug', name);
}

/** Builds an example; a function that runs it with arguments and answers its output. */
function example(name) {
	const path = build('example', name);
	return Object.assign((...args) => output(path, args), { path });
}

/** Builds a program; answers the file. */
const binary = (name) => build('bin', name);

/** Runs a program; answers what it prints, or fails with what it says is wrong. */
function output(program, args, settings = {}) {
	return new Promise((done, failed) => {
		const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: project, ...settings });
		const parts = { stdout: [], stderr: [] };
		for (const stream of ['stdout', 'stderr']) child[stream].on('data', (part) => parts[stream].push(part));
		const text = (stream) => Buffer.concat(parts[stream]).toString('utf8');
		child.on('error', failed);
		child.on('close', (code) => (code === 0 ? done(text('stdout')) : failed(new Error(`${program} ended with ${code}\n${text('stdout')}\n${text('stderr')}`))));
	});
}

/** A seed that changes with the commit, so that every commit is tried on cases of its own. */
function commitSeed() {
	if (options.seed !== undefined) return Number(options.seed);
	const hash = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: project, encoding: 'utf8' });
	return Number.parseInt(hash.slice(0, 8), 16);
}

/** The ids of the rows in a document's tables. */
function knownRows(document) {
	const text = readFileSync(join(project, document), 'utf8');
	return new Set([...text.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1]));
}

function show(difference) {
	const short = (value) => (value === undefined ? 'undefined' : JSON.stringify(value)).slice(0, 600);
	console.log(`  ${difference.title}`);
	if (difference.input !== undefined) console.log(`    given ${short(difference.input)}`);
	if ('expected' in difference) console.log(`    n8n   ${short(difference.expected)}\n    here  ${short(difference.actual)}`);
}

/** Runs one suite; answers what is wrong with it, for people. */
async function runSuite(suite, context) {
	const started = Date.now();
	const document = suite.document ?? 'docs/compatibility.md';
	const known = knownRows(document);
	const { figures, differences, notRun } = await suite.run(context);
	if (notRun !== undefined) {
		console.log(`${suite.name}: not run: ${notRun}`);
		return [];
	}
	const unexplained = differences.filter(({ row }) => row === null || !known.has(row));
	const met = new Set(differences.map(({ row }) => row));
	const unmet = (suite.rows ?? []).filter((row) => known.has(row) && !met.has(row));
	const explained = differences.length - unexplained.length;
	console.log(`${suite.name}: ${unexplained.length} different, ${explained} explained (${((Date.now() - started) / 1000).toFixed(1)} s)`);
	for (const line of figures) console.log(`  ${line}`);
	unexplained.slice(0, SHOWN).forEach(show);
	return [
		...(unexplained.length > 0 ? [`${suite.name}: ${unexplained.length} answers differ from n8n's and no row of ${document} says so`] : []),
		...unmet.map((row) => `${suite.name}: the row \`${row}\` of ${document} no longer applies; remove it`),
	];
}

const require = createRequire(join(resolve(options.modules), 'conformance.js'));
const n8n = Object.assign((id) => require(id), { resolve: (id) => require.resolve(id) });
const temporary = mkdtempSync(join(tmpdir(), 'nodehost-conformance-'));
const context = { n8n, modules: resolve(options.modules), project, temporary, seeds: [FIXED_SEED, commitSeed()], isSeedChosen: options.seed !== undefined, cargo: { example, binary }, output };
const folders = readdirSync(here).sort().filter((folder) => existsSync(join(here, folder, 'suite.mjs')));
const names = wanted.length > 0 ? wanted : folders;
const failures = [];
try {
	for (const folder of names) {
		if (!folders.includes(folder)) throw new Error(`there is no suite "${folder}"; the suites are ${folders.join(', ')}`);
		failures.push(...(await runSuite(await import(join(here, folder, 'suite.mjs')), context)));
	}
} finally {
	rmSync(temporary, { recursive: true, force: true });
}
for (const failure of failures) console.error(`FAILED ${failure}`);
process.exitCode = failures.length === 0 ? 0 : 1;
