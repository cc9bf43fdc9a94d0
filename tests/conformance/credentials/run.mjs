// Compares what credentials add to a request with n8n: every credential type of n8n-nodes-base with a generic
// `authenticate`, headers, query, body and basic authentication.
//
//   N8N_MODULES=.../node_modules node run.mjs --driver PATH [--show 20]
//
// PATH is the program built by `cargo build -p nodehost-runtime --example credential_requests`.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({ options: { driver: { type: 'string' }, show: { type: 'string', default: '20' } } });
const require = createRequire(`${process.env.N8N_MODULES}/`);
const { Workflow, NodeHelpers, deepCopy } = require('n8n-workflow');

const bundle = join(process.env.N8N_MODULES, 'n8n-nodes-base/dist/types/credentials.json');
const types = JSON.parse(readFileSync(bundle, 'utf8'));
const byName = new Map(types.map((type) => [type.name, type]));

function properties(name) {
  const type = byName.get(name);
  const combined = [];
  for (const parent of type.extends ?? []) NodeHelpers.mergeNodeProperties(combined, properties(parent));
  NodeHelpers.mergeNodeProperties(combined, type.properties);
  return combined;
}

const PLAIN = (name) => (/url|host|domain|server/i.test(name) ? `https://${name.toLowerCase()}.example` : `${name}-value`);
const variants = {
  plain: PLAIN,
  // Everything that URLs, JSON and headers have to encode; names of headers stay names.
  special: (name) => (name === 'name' ? 'x-special' : `${PLAIN(name)} a&b=c%20+"\\é/ü?#`),
  empty: (name) => (name === 'name' ? 'x-empty' : ''),
};

function dataOf(list, text) {
  const data = {};
  for (const property of list) {
    if (property.type === 'hidden' || property.type === 'notice') continue;
    if (property.type === 'string' || property.type === 'json') data[property.name] ??= text(property.name);
    else if (property.type === 'options') data[property.name] ??= property.options[0].value;
    else if (property.default !== undefined) data[property.name] ??= property.default;
  }
  return data;
}

const node = { id: '1', name: 'Node', type: 'test.node', typeVersion: 1, position: [0, 0], parameters: {} };
const nodeTypes = { getByName: () => undefined, getByNameAndVersion: () => ({ description: { properties: [] } }), getKnownTypes: () => ({}) };
const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });

// As n8n's credentials helper: defaults, expressions on $self, then the `authenticate` block.
function expected(name, given) {
  const list = properties(name);
  const filled = NodeHelpers.getNodeParameters(list, given, true, false, null, null);
  const credentials = workflow.expression.getComplexParameterValue(node, filled, 'internal', {}, undefined, undefined, deepCopy(filled));
  const resolve = (value) => {
    if (typeof value !== 'string') return String(value);
    if (value.charAt(0) !== '=') return value;
    const found = workflow.expression.getSimpleParameterValue(node, value, 'internal', { $credentials: credentials }, undefined, '');
    return found ? String(found) : '';
  };
  const request = { headers: {}, qs: {}, body: {}, auth: {} };
  for (const [place, entries] of Object.entries(byName.get(name).authenticate.properties)) {
    for (const [key, value] of Object.entries(entries)) request[place][resolve(key)] = resolve(value);
  }
  const headers = Object.fromEntries(Object.entries(request.headers).map(([key, value]) => [key.toLowerCase(), value.trim()]));
  if (Object.keys(request.auth).length > 0) {
    const pair = `${request.auth.username ?? ''}:${request.auth.password ?? ''}`;
    headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  }
  return { headers, query: request.qs, body: request.body };
}

const cases = [];
for (const type of types) {
  if (type.authenticate?.type !== 'generic') continue;
  for (const [variant, text] of Object.entries(variants)) cases.push({ type: type.name, variant, data: dataOf(properties(type.name), text) });
}
const input = cases.map(({ type, data }) => JSON.stringify({ type, data })).join('\n');
const run = spawnSync(options.driver, [bundle], { input, maxBuffer: 1 << 28, encoding: 'utf8' });
if (run.status !== 0) throw new Error(`the driver failed: ${run.stderr}`);
const answers = run.stdout.trimEnd().split('\n').map((line) => JSON.parse(line));

const sorted = (object) => Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
const canonical = ({ headers, query, body }) => JSON.stringify({ headers: sorted(headers), query: sorted(query), body: sorted(body) });
let refused = 0;
const wrong = [];
for (const [index, { type, variant, data }] of cases.entries()) {
  const answer = answers[index];
  // The host asks for what the descriptor requires; n8n sends the request without.
  if (variant === 'empty' && /must be filled in/.test(answer.error ?? '')) refused += 1;
  else {
    const theirs = canonical(expected(type, data));
    const ours = answer.error ?? canonical(answer);
    if (theirs !== ours) wrong.push({ type, variant, theirs, ours });
  }
}
for (const { type, variant, theirs, ours } of wrong.slice(0, Number(options.show))) console.log(`${type} (${variant})\n  n8n  ${theirs}\n  here ${ours}`);
console.log(`${cases.length} requests: ${cases.length - wrong.length - refused} equal, ${refused} refused as incomplete, ${wrong.length} different`);
process.exitCode = wrong.length === 0 && answers.length === cases.length ? 0 : 1;
