// Compares the native DateTime, Duration and Interval with npm's luxon on generated calls.
//
//   N8N_MODULES=.../node_modules TZ=UTC node run.mjs --driver PATH [--seed 1] [--count 5000] [--show 20] [--save FILE]
//
// PATH is the program built by `cargo build -p nodehost-expression --example luxon`. Known differences stand in
// differences.json, each with its reason; one that no longer occurs in a run of the default seed should be removed.

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { generate } from './generate.mjs';

const { values: options } = parseArgs({
  options: { driver: { type: 'string' }, seed: { type: 'string', default: '1' }, count: { type: 'string', default: '5000' }, show: { type: 'string', default: '20' }, save: { type: 'string' } },
});
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const require = createRequire(`${process.env.N8N_MODULES}/`);
const { DateTime, Duration, Interval, Settings } = require('luxon');

const describe = (0, eval)(readFileSync(here('describe.js'), 'utf8'));
const differences = JSON.parse(readFileSync(here('differences.json'), 'utf8')).map((known) => ({ ...known, pattern: new RegExp(known.pattern) }));
const cases = generate(Number(options.seed), Number(options.count));

const expected = cases.map(({ zone, now, code }) => {
  Settings.defaultZone = zone;
  Settings.now = () => now;
  DateTime.resetCache?.();
  return describe(new Function('DateTime', 'Duration', 'Interval', `return (${code})`).bind(null, DateTime, Duration, Interval));
});
const input = cases.map((one) => JSON.stringify(one)).join('\n');
const run = spawnSync(options.driver, [here('describe.js')], { input, maxBuffer: 1 << 28, encoding: 'utf8' });
if (run.status !== 0) throw new Error(`the driver failed: ${run.stderr}`);
const answers = run.stdout.trimEnd().split('\n');

const met = new Map();
let equal = 0;
const wrong = cases.filter((one, index) => {
  one.expected = expected[index];
  one.answer = answers[index];
  if (one.expected === one.answer) return void (equal += 1);
  const known = differences.find(({ pattern }) => pattern.test(one.code) || pattern.test(one.expected));
  if (known) met.set(known.id, (met.get(known.id) ?? 0) + 1);
  return !known;
});
for (const one of wrong.slice(0, Number(options.show))) {
  const visible = (text) => text.replace(/[\u0080-\uffff]/g, (c) => `<${c.charCodeAt(0).toString(16)}>`);
  console.log(`${one.code}\n  in ${one.zone} at ${one.now}\n  luxon ${visible(one.expected)}\n  here  ${visible(one.answer)}`);
}
console.log(`${cases.length} calls: ${equal} equal, ${wrong.length} different, known differences: ${JSON.stringify(Object.fromEntries(met))}`);
if (options.save) writeFileSync(options.save, cases.map(({ zone, now, code, expected: answer }) => JSON.stringify({ zone, now, code, answer: JSON.parse(answer) })).join('\n') + '\n');
process.exitCode = wrong.length === 0 && answers.length === cases.length ? 0 : 1;
