// Parameters, issues and display: cases per second of n8n and of nodehost, measured in one run.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({ options: { modules: { type: 'string' }, cases: { type: 'string', default: '20000' } } });
const n8n = createRequire(join(resolve(options.modules), 'bench.js'));
const { makeCases, writeCases, measure } = createRequire(import.meta.url)('./parameters/generate.js');

const nodesFile = n8n.resolve('n8n-nodes-base/dist/types/nodes.json');
const workflow = n8n('n8n-workflow');
const temporary = mkdtempSync(join(tmpdir(), 'nodehost-bench-'));
try {
	const cases = makeCases(workflow, n8n(nodesFile), 1, Number(options.cases));
	const file = join(temporary, 'cases.jsonl');
	writeCases(workflow, cases, file);
	const parse = Array.from({ length: 8 }, () => {
		const text = readFileSync(nodesFile, 'utf8');
		const start = performance.now();
		JSON.parse(text);
		return performance.now() - start;
	});
	// What Node.js holds after JSON.parse, the text not counted.
	const holding = `const text = fs.readFileSync(process.argv[1], 'utf8'); gc(); const before = process.memoryUsage().heapUsed;
		const value = JSON.parse(text); gc(); console.log((process.memoryUsage().heapUsed - before) / 2 ** 20, value.length)`;
	const parsedMb = Number.parseFloat(execFileSync(process.execPath, ['--expose-gc', '-e', holding, nodesFile], { encoding: 'utf8' }));
	const command = ['bench', '--quiet', '-p', 'nodehost-parameters', '--bench', 'parameters', '--', nodesFile, file];
	const ours = JSON.parse(execFileSync('cargo', command, { cwd: resolve(here, '../..'), encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }));
	const theirs = measure(workflow, cases);
	console.log(`${cases.length} cases, one thread, cases per second`);
	console.log(`${'call'.padEnd(16)}${'n8n'.padStart(12)}${'nodehost'.padStart(12)}${'times'.padStart(8)}`);
	for (const [call, speed] of Object.entries(theirs)) {
		const own = ours.casesPerSecond[call];
		console.log(`${call.padEnd(16)}${String(speed).padStart(12)}${String(own).padStart(12)}${(own / speed).toFixed(1).padStart(8)}`);
	}
	console.log(`loading nodes.json: JSON.parse ${Math.min(...parse).toFixed(1)} ms, nodehost ${ours.loadMs.toFixed(1)} ms; and ${ours.modelMs.toFixed(0)} ms more if every descriptor is used`);
	console.log(`held: JSON.parse ${parsedMb.toFixed(1)} MB, nodehost ${ours.heldMb.toFixed(1)} MB; and ${ours.modelMb.toFixed(1)} MB more if every descriptor is used`);
} finally {
	rmSync(temporary, { recursive: true, force: true });
}
