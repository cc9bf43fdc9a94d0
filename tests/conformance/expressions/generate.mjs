// Expressions from a seed: paths, methods of JavaScript and of n8n, operators, blocks in text, the workflow's data.

import { createRequire } from 'node:module';

const { Random } = createRequire(import.meta.url)('../random.js');

const ITEMS = [
	{ a: 1, b: 2.5, neg: -7, zero: 0, big: 9007199254740991, name: 'Bob Stone', empty: '', nil: null, yes: true, no: false, email: 'bob@mail.example.com', url: 'https://shop.example.com/path?x=1', text: 'The quick, brown fox.', num: '42', iso: '2024-02-29T12:30:45.123Z', list: [{ id: 1, tag: 'x' }, { id: 2, tag: 'y' }, { id: 3, tag: 'x' }], nums: [3, 1, 2, 2], strs: ['b', 'a', ''], none: [], obj: { x: 1, y: { z: 'deep' }, nil: null }, 'odd key': 'k' },
	{ a: 2, name: 'Ann', list: [], obj: {}, nums: ['1', 2] },
];

/** The situation of every case: three nodes in a row, the last of them active. */
export const CONTEXT = {
	workflow: {
		id: 'w1', name: 'Conformance', active: false, settings: { timezone: 'Europe/Berlin' },
		nodes: ['Trigger', 'Fetch', 'Active', 'Idle'].map((name) => ({ id: name, name, type: 'conformance.node', typeVersion: 1, position: [0, 0], parameters: { plain: 'text', twice: '={{ $json.a * 2 }}', list: [1] } })),
		connections: { Trigger: { main: [[{ node: 'Fetch', type: 'main', index: 0 }]] }, Fetch: { main: [[{ node: 'Active', type: 'main', index: 0 }]] } },
	},
	runData: {
		Trigger: [{ startTime: 0, executionTime: 0, executionIndex: 0, source: [], data: { main: [[{ json: { t: 1 }, pairedItem: { item: 0 } }]] } }],
		Fetch: [{ startTime: 0, executionTime: 0, executionIndex: 1, source: [{ previousNode: 'Trigger' }], data: { main: [ITEMS.map((json) => ({ json, pairedItem: { item: 0 } }))] } }],
	},
	activeNode: 'Active', input: { previousNode: 'Fetch' }, runIndex: 0, mode: 'manual', executionId: '7', vars: { region: 'eu' },
};

export function generate(seed, count) {
	const random = new Random(seed);
	return Array.from({ length: count }, () => ({ itemIndex: random.int(0, 1), expression: template(random) }));
}

const PATHS = ['a', 'b', 'neg', 'zero', 'big', 'name', 'empty', 'nil', 'yes', 'no', 'email', 'url', 'text', 'num', 'iso', 'list', 'nums', 'strs', 'none', 'obj', 'obj.y', 'obj.y.z', 'obj.nil', 'list[0]', 'list[1].tag', 'missing', 'missing.deep', '["odd key"]', 'nums[2]'];
const DATA = ['$input.first().json.a', '$input.last().json.name', '$input.all().length', '$input.item.json', '$("Fetch").first().json.a', '$("Fetch").all().length', '$("Fetch").item.json.name', '$("Trigger").item.json.t', '$("Trigger").first().json', '$("Idle").isExecuted', '$("Idle").first()', '$("Nowhere").first()', '$node["Fetch"].json.a', '$node["Idle"].json', '$items().length', '$items("Trigger")[0].json.t', '$parameter.plain', '$parameter.twice', '$rawParameter.twice', '$workflow.name', '$workflow.id', '$prevNode.name', '$execution.mode', '$vars.region', '$itemIndex', '$runIndex', '$mode', '$env.HOME', '$nodeVersion', '$position', '$("Fetch").itemMatching(1).json.a', '$("Fetch").params.plain', '$item(1).$json.a', '$binary', '$thisItem.pairedItem'];
const METHODS = ['toString()', 'length', 'toUpperCase()', 'split(" ")', 'join("-")', 'map(x => x)', 'map(x => x.id)', 'filter(Boolean)', 'slice(1)', 'includes("a")', 'indexOf(2)', 'concat([9])', 'at(-1)', 'toFixed(1)', 'trim()', 'replace("o", "0")', 'reduce((s, x) => s + x, "")', 'some(x => x)', 'find(x => x.tag === "y")', 'flat()', 'sort()', 'padStart(8, "*")', 'charAt(1)', 'repeat(2)', 'hasOwnProperty("x")',
	'first()', 'last()', 'isEmpty()', 'isNotEmpty()', 'unique()', 'sum()', 'average()', 'min()', 'max()', 'chunk(2)', 'compact()', 'pluck("id")', 'randomless()', 'reverse()', 'append(1)', 'union([2, 7])', 'difference([2])', 'intersection([2])', 'smartJoin("tag", "id")', 'renameKeys("id", "key")', 'removeDuplicates("tag")', 'toTitleCase()', 'toSnakeCase()', 'toSentenceCase()', 'extractEmail()', 'extractDomain()', 'extractUrlPath()', 'isEmail()', 'isNumeric()', 'toNumber()', 'toInt()', 'toBoolean()', 'toFloat()', 'quote()', 'hash()', 'urlEncode()', 'base64Encode()', 'removeTags()', 'length()', 'parseJson()', 'toJsonString()', 'round(1)', 'floor()', 'ceil()', 'abs()', 'isEven()', 'isOdd()', 'isInteger()', 'format()', 'keys()', 'values()', 'hasField("x")', 'removeField("x")', 'keepFieldsContaining("deep")', 'merge({ m: 1 })', 'toDateTime()', 'toDateTime().toISO()', 'toDateTime().plus({ days: 1 }).toISODate()', 'extract("month")', 'beginningOf("month")', 'isBetween("2024-01-01", "2025-01-01")', 'format("yyyy-MM-dd")'];
const LITERALS = ['1', '0', '-2.5', '"text"', '\'it\'', '`t`', 'true', 'false', 'null', 'undefined', 'NaN', '[1, 2]', '[]', '({ k: 1 })', '({})', '/o/g', '10n', 'Infinity', 'new Date(0)', 'new Set([1])'];
const WHOLE = ['Object.keys($json)', 'Object.entries($json.obj ?? {})', 'JSON.stringify($json)', '({ ...$json.obj, k: 1 })', '[...($json.nums ?? [])]', 'Math.max(...($json.nums ?? [0]))', '$if($json.a > 1, "many", "one")', '$ifEmpty($json.empty, "none")', '$jmespath($json, "list[].id")', '$min(3, 1, 2)', '$max(1, 2)', '$not($json.yes)', 'Array.isArray($json.list)', 'typeof $json.nothing', '(() => { const o = $json.obj; return o?.y?.z })()', '(() => { try { return null.x } catch (e) { return e instanceof TypeError } })()', '(function (x) { return x * 2 })($json.a)', '$json["a" + ""]', '(x = 5, x + 1)', '[1, 2].map((x, i) => ({ x, i }))', '`${$json.name}: ${$json.a}`', 'String($json.nums)', '$json?.obj?.["x"]', '($json.list ?? []).map(({ id, tag = "none" }) => `${id}${tag}`)', 'this', '[].constructor', '({})["__proto__"]', '$', 'process.foo', 'parseInt', 'Math', '(() => { for (const x of [1, 2]) if (x > 1) return x })()', '(() => { let s = 0; for (let i = 0; i < 4; i++) s += i; return s })()', '(() => { switch ($json.a) { case 1: return "one"; default: return "other" } })()'];

function template(random) {
	if (random.chance(0.15)) return { nested: [`={{ ${value(random, 2)} }}`, 'plain'], [random.pick(['k', '={{ 1 }}'])]: `=x {{ ${value(random, 1)} }}` };
	const blocks = random.chance(0.7) ? 1 : random.int(1, 3);
	const text = () => (random.chance(blocks === 1 ? 0.25 : 0.7) ? random.pick(['text ', ' and ', '\\{{ ', '"q" ', '{ ', '} ', '\\\\']) : '');
	return `=${Array.from({ length: blocks }, () => `${text()}{{ ${value(random, 3)} }}`).join('')}${text()}`;
}

function value(random, depth) {
	const inner = () => value(random, depth - 1);
	if (depth <= 0 || random.chance(0.15)) return atom(random);
	switch (random.int(0, 9)) {
		case 0: return `${operand(random, depth)} ${random.pick(['+', '-', '*', '/', '%', '===', '==', '<', '>=', '&&', '||', '??'])} ${operand(random, depth)}`.replace(/(&&|\|\|) (.*) \?\?/, '$1 ($2) ??');
		case 1: return `${operand(random, depth)} ? ${operand(random, depth)} : ${operand(random, depth)}`;
		case 2: return random.pick(WHOLE);
		case 3: return random.pick(DATA);
		case 4: return `[${inner()}, ${inner()}]`;
		case 5: return `({ p: ${inner()}, q: ${inner()} })`;
		default: {
			const method = random.pick(METHODS);
			return `${operand(random, depth)}${random.chance(0.2) ? '?.' : '.'}${method}`;
		}
	}
}

const operand = (random, depth) => (random.chance(0.6) ? atom(random) : `(${value(random, depth - 1)})`);

function atom(random) {
	if (random.chance(0.25)) {
		const literal = random.pick(LITERALS);
		return /^[-\d]/.test(literal) ? `(${literal})` : literal;
	}
	const path = random.pick(PATHS);
	return path.startsWith('[') ? `$json${path}` : `$json.${path}`;
}
