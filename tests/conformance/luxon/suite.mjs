// Generated calls of DateTime, Duration and Interval answer as npm's luxon does.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generate } from './generate.mjs';

export const name = 'luxon';
export const rows = [];

const CALLS = 6000;
const here = (file) => fileURLToPath(new URL(file, import.meta.url));

export async function run({ n8n, cargo, temporary, seeds }) {
  process.env.TZ = 'UTC';
  const luxon = n8n('luxon');
  const driver = await cargo.example('luxon');
  const describe = (0, eval)(readFileSync(here('describe.js'), 'utf8'));
  const known = JSON.parse(readFileSync(here('differences.json'), 'utf8')).map((one) => ({ ...one, pattern: new RegExp(one.pattern) }));
  const differences = [];
  const figures = [];
  for (const seed of seeds) {
    const cases = generate(seed, CALLS);
    const expected = cases.map((one) => ask(luxon, describe, one));
    const file = join(temporary, `luxon-${seed}.jsonl`);
    writeFileSync(file, cases.map((one) => `${JSON.stringify(one)}\n`).join(''));
    const answers = (await driver(here('describe.js'), file)).trimEnd().split('\n');
    cases.forEach(({ code, zone, now }, index) => {
      if (answers[index] === expected[index]) return;
      const row = known.find(({ pattern }) => pattern.test(code))?.row ?? null;
      differences.push({ row, title: code, input: { zone, now }, expected: expected[index], actual: answers[index] });
    });
    figures.push(`${cases.length} calls of seed ${seed}`);
  }
  return { figures, differences };
}

/** What npm's luxon answers, with the clock stopped and a default zone. */
function ask({ DateTime, Duration, Interval, Settings }, describe, { zone, now, code }) {
  Settings.defaultZone = zone;
  Settings.now = () => now;
  DateTime.resetCache?.();
  return describe(new Function('DateTime', 'Duration', 'Interval', `return (${code})`).bind(null, DateTime, Duration, Interval));
}
