'use strict';
// Makes small descriptors in which everything a descriptor may hold meets in odd combinations, which n8n's own nodes rarely do.

const NAMES = ['a', 'b', 'c', 'd', 'mode', 'resource', 'operation', 'parameters', 'value', 'x.y', 'list[0]'];
/** Names that every JavaScript object has something under. */
const INHERITED = ['constructor', 'toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf'];
const SIMPLE = [
	'string', 'number', 'boolean', 'options', 'multiOptions', 'dateTime', 'json', 'color', 'notice', 'hidden', 'button', 'callout', 'resourceLocator',
	'resourceMapper', 'filter', 'assignmentCollection', 'credentials', 'credentialsSelect', 'curlImport', 'workflowSelector', 'agentSelector', 'icon', 'unheardOf',
];
const LITERALS = ['x', 'y', 'one', '', 'ab', '10', '2', 0, 1, 2, 2.5, -1, true, false, null];
const ODD = [[], {}, [1], { a: 1 }, 'text', 7, null, [null], { toString: 1 }];
const DEFAULTS = {
	string: ['', 'x', 'ab', '=x'], number: [0, 1, 2.5], boolean: [true, false], options: ['x', 'y', 1, ''], multiOptions: [[], ['x'], ['x', 2]],
	dateTime: ['', '2024-02-29'], json: ['{}', '{"a":1}', { a: 1 }], resourceLocator: [{ mode: 'id', value: '' }, { mode: 'list', value: 'x' }, '', null, ['x']],
	resourceMapper: [{ mappingMode: 'defineBelow', value: null }], filter: [{}, { conditions: [] }], assignmentCollection: [{}],
	collection: [{}, { a: 'x' }, [], [{ a: 1 }]], fixedCollection: [{}, { g: {} }, { g: [{ a: 'x' }] }, { g: { a: 'x' } }, []],
};
// Without form-fields, whose messages tell what n8n's lenient parser takes for JavaScript; types.js has them.
const VALIDATE_TYPES = ['string', 'string-alphanumeric', 'number', 'boolean', 'dateTime', 'time', 'array', 'object', 'options', 'url', 'jwt', 'binary', 'any', 'unheardOf'];
const PATTERNS = ['[a-z]+', '\\d{2,}', '(?!x).*', '(a)\\1', 'https?://.*', 'x|y', '^a$', '.', '[', '(', ''];

class DescriptorMaker {
	constructor(random) {
		this.random = random;
	}

	descriptor(index) {
		const { random } = this;
		const version = random.pick([1, 2, [1, 2], [1, 1.1, 2], [2.2, 3]]);
		const descriptor = { displayName: 'Made', name: `made${index}${random.pick(['', 'Tool', ''])}`, group: ['transform'], version, description: '', defaults: {}, inputs: ['main'], outputs: ['main'], properties: this.properties(random.int(1, 9), 0) };
		if (random.chance(0.4)) descriptor.features = { new: { '@version': [this.condition()] }, old: { '@version': [1] }, x: { '@version': [this.condition(), 2] } };
		return descriptor;
	}

	properties(count, depth) {
		return Array.from({ length: count }, () => this.property(depth));
	}

	property(depth) {
		const { random } = this;
		const nested = depth < 3 && random.chance(0.3);
		const type = nested ? random.pick(['collection', 'fixedCollection']) : random.pick(SIMPLE);
		const name = random.pick(random.chance(0.01) ? INHERITED : random.chance(0.85) ? NAMES.slice(0, 9) : NAMES);
		const property = { displayName: name.toUpperCase(), name, type };
		const defaults = random.chance(0.9) ? (DEFAULTS[type] ?? ['', 'x']) : [...LITERALS, ...ODD];
		if (random.chance(0.93)) property.default = structuredClone(random.pick(defaults));
		if (random.chance(0.3)) property.required = true;
		if (random.chance(0.25)) property.noDataExpression = true;
		if (random.chance(0.2)) property.validateType = random.pick(VALIDATE_TYPES);
		if (random.chance(0.5)) property.displayOptions = this.display();
		this.options(property, depth);
		this.typeOptions(property);
		return property;
	}

	options(property, depth) {
		const { random } = this;
		const missing = random.chance(0.02);
		switch (property.type) {
			case 'collection':
				if (!missing) property.options = this.properties(random.int(0, 4), depth + 1);
				break;
			case 'fixedCollection':
				if (missing) break;
				property.options = random.subset(['g', 'h', 'a', 'value'], 0.5).map((name) => ({ displayName: name, name, ...(!random.chance(0.03) && { values: this.properties(random.int(0, 4), depth + 1) }) }));
				break;
			case 'options':
			case 'multiOptions':
				property.options = random.subset(LITERALS, 0.4).map((value) => ({ name: String(value), value }));
				break;
			case 'resourceLocator':
			case 'workflowSelector':
			case 'agentSelector':
				if (!random.chance(0.1)) property.modes = random.subset(['list', 'id', 'url'], 0.7).map((name) => this.locatorMode(name));
		}
	}

	locatorMode(name) {
		const { random } = this;
		const check = () => ({ type: random.chance(0.9) ? 'regex' : 'other', properties: { regex: random.pick(PATTERNS), errorMessage: `no ${name}` } });
		return { displayName: name, name, type: name === 'list' ? 'list' : 'string', ...(random.chance(0.6) && { validation: Array.from({ length: random.int(0, 2) }, check) }) };
	}

	typeOptions(property) {
		const { random } = this;
		const options = {};
		if (random.chance(property.type === 'fixedCollection' ? 0.7 : 0.25)) options.multipleValues = random.pick([true, true, true, false, false, 'yes', 0]);
		if (property.type === 'fixedCollection' && random.chance(0.3)) Object.assign(options, random.chance(0.5) && { minRequiredFields: random.int(0, 2) }, random.chance(0.5) && { maxAllowedFields: random.int(0, 2) });
		if (property.type === 'resourceMapper') options.resourceMapper = { mode: random.pick(['add', 'update', 'upsert']), ...(random.chance(0.5) && { fieldWords: { singular: random.pick(['column', '', 'ärger', 'ßtraße']), plural: 'x' } }) };
		if (Object.keys(options).length > 0) property.typeOptions = options;
	}

	display() {
		const { random } = this;
		const rules = () => Object.fromEntries(Array.from({ length: random.int(1, 2) }, () => this.rule()));
		const options = {};
		if (random.chance(0.75)) options.show = rules();
		if (random.chance(0.35)) options.hide = rules();
		return options;
	}

	rule() {
		const { random } = this;
		const name = random.pick(random.chance(0.02) ? INHERITED : NAMES);
		const path = random.pick([name, name, name, `/${name}`, `${name}.a`, `/${name}.g.b`, `${name}.g[0].a`, `${name}[0]`, '@version', '@tool', '@feature', 'unknown']);
		return [path, Array.from({ length: random.int(1, 3) }, () => (path === '@feature' && random.chance(0.7) ? random.pick(['new', 'old', 'x']) : random.chance(0.65) ? random.pick(LITERALS) : this.condition()))];
	}

	condition() {
		const { random } = this;
		const target = () => structuredClone(random.pick(random.chance(0.85) ? LITERALS : ODD));
		const kind = random.pick(['eq', 'not', 'gte', 'lte', 'gt', 'lt', 'between', 'includes', 'startsWith', 'endsWith', 'regex', 'exists', 'unheardOf']);
		const value = kind === 'between' ? (random.chance(0.9) ? { from: target(), to: target() } : target()) : kind === 'regex' ? random.pick(PATTERNS) : kind === 'exists' ? true : target();
		if (random.chance(0.02)) return random.pick([{ _cnd: {} }, { _cnd: null }, { _cnd: { eq: 'x' }, more: 1 }, {}, [], { _cnd: 'x' }]);
		return { _cnd: { [kind]: value } };
	}
}

/** `count` descriptors of a seed. */
function makeDescriptors(random, count) {
	const maker = new DescriptorMaker(random);
	return Array.from({ length: count }, (_, index) => maker.descriptor(index));
}

module.exports = { makeDescriptors };
