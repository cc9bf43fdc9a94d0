'use strict';
// Puts values into parameters that no editor would write. No character is beyond U+FFFF: n8n takes some texts apart into UTF-16 units, which text here has not.

const proto = (value) => JSON.parse(`{"__proto__": ${JSON.stringify(value)}}`);
const NASTY = () => [
	null, true, false, 0, -1, 1e308, 5e-324, 9007199254740993, 1e21, '', ' ', '=', '==', '={{', '={{ }}', '={{ $fromAI("a") }}', "= {{ $FROMAI ( 'a' , `b` ) }} ",
	'={{ /*n8n-auto-generated-fromAI-override*/ $fromAI("a") }}', '={{ $fromAI(`${x}`) }}', '={{ $fromAI("a") + 1 }}', '\u0000', 'İ', 'x'.repeat(3000),
	[], {}, [[]], [[[]]], [null], [{}], ['='], ['=x', 1], [undefined].map(() => 'x'), { 0: 'a' }, { length: 3 }, { toString: 1 }, { valueOf: null }, { constructor: { name: 'Object' } },
	{ hasOwnProperty: 1 }, proto({ a: 1 }), proto('x'), { a: proto([1]) }, { g: null }, { g: 'text' }, { g: [] }, { g: {} }, { g: [null] }, { g: ['a'] }, { g: [[]] }, { g: { a: null } }, { g: 5 },
	{ a: { b: { c: { d: [{ e: 1 }] } } } }, { __rl: true }, { __rl: true, value: 'x' }, { __rl: true, mode: 'id' }, { __rl: false, mode: 'id', value: 'x' }, { __rl: 1, mode: 'url', value: ['x'] },
	{ __rl: true, mode: 'id', value: { a: 1 } }, { __rl: true, mode: 'id', value: null }, { __rl: true, mode: 5, value: 'x' }, { __rl: true, mode: 'list', value: ['x', 'y'] }, { mode: 'id', value: 'x' },
	{ mappingMode: 'defineBelow', value: { f: 1 }, schema: [{ id: 'f', type: 'string', required: true }] }, { mappingMode: 'defineBelow', value: null, schema: [{ id: 'f', required: true }] },
	{ mappingMode: 'defineBelow', value: {}, schema: null }, { mappingMode: 'defineBelow', value: {}, schema: [null] }, { mappingMode: 'autoMapInputData', value: {}, schema: 5 },
	{ mappingMode: 'defineBelow', value: { f: {} }, schema: [{ id: 'f', type: 'number', required: true }, { id: 'f', type: 5 }, { id: null, type: 'options', options: [{}] }] },
	{ mappingMode: 'defineBelow', value: 'abc', schema: [{ id: '0', type: 'number' }, { id: 'length', type: 'boolean' }] }, { mappingMode: 'defineBelow', value: [1], schema: {} },
	{ conditions: [], combinator: 'or' }, { conditions: null, combinator: 'and' }, { conditions: 5, combinator: 'and', options: null }, { combinator: null, options: [1] }, { conditions: {}, options: 'ab' },
	{ conditions: [{ leftValue: '', rightValue: '', operator: { type: 'string', operation: 'equals' } }], combinator: 'and', options: { version: 9 } }, { conditions: [null], combinator: 'and' },
	{ assignments: [{ id: 'a', name: 'x', value: '1', type: 'number' }] }, { assignments: null }, { assignments: [5] },
];

/** Where a value can be replaced: every element of objects and lists, the whole aside. */
function places(value, found = []) {
	if (value === null || typeof value !== 'object') return found;
	for (const key of Object.keys(value)) {
		found.push([value, key]);
		places(value[key], found);
	}
	return found;
}

/** Replaces, moves, removes or adds a few values. */
function makeNasty(random, parameters, names) {
	const nasty = () => random.pick(NASTY());
	for (let count = random.int(1, 3); count > 0; count -= 1) {
		const found = places(parameters);
		if (found.length === 0 || random.chance(0.25)) {
			parameters[random.pick([...names, 'unknown', '__proto__x', 'constructor'])] = nasty();
			continue;
		}
		const [holder, key] = random.pick(found);
		const action = random.int(0, 9);
		if (action === 0) delete holder[key];
		else if (action === 1) holder[key] = [holder[key]];
		else if (action === 2) holder[key] = { [random.pick(['a', 'g', 'value', '__rl'])]: holder[key] };
		else if (action === 3) holder[key] = structuredClone(random.pick(found)[0]);
		else holder[key] = nasty();
	}
	return parameters;
}

module.exports = { makeNasty };
