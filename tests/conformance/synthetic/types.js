'use strict';
// Calls of validateFieldType, every type with values of every kind, and what n8n answers. Values that JSON cannot hold are left out.

const TYPES = ['string', 'string-alphanumeric', 'number', 'boolean', 'dateTime', 'time', 'binary', 'object', 'array', 'options', 'url', 'jwt', 'form-fields', 'NUMBER', 'DateTime', 'unheardOf', ''];
const VALUES = [
	null, true, false, 0, 1, -1, 2.5, 1e21, 1e-7, 9007199254740993, '', ' ', 'true', 'False', ' TRUE', '0', '1', '1.0', '-0', '0x1f', '0b101', '0o17', '1e3', '1_000', '.5', '5.', ' 12 ', '12px', 'Infinity', '-Infinity', 'NaN', '+1', '1,5',
	'abc', 'a_1', '1a', '_', 'ünïcode', 'a b', '12:30', '12:30:45', '1:30', '12:30+02', '12:30:15-0130', '12:30:15-0130+1:30', '99:99', '12:30Z', '12:30\n',
	'2024-02-29', '2024-02-30', '2024-02-29T12:30', '2024-02-29T12:30:00.123Z', '2024-02-29 12:30:00', '2024-02-29 12:30:00 Europe/Berlin', '2024-W09-4', '2024-060', '20240229T123000Z', '2024-02-29T24:00:00Z', '2024-02-29T12:30:00+05:30',
	'Thu, 29 Feb 2024 12:30:00 GMT', 'Thu, 29 Feb 2024 12:30:00 +0200', 'Thursday, 29-Feb-24 12:30:00 GMT', 'Feb 29, 2024', '29 February 2024', '2/29/2024', '02-29-2024', '2024/02/29', '1709210000000', '2024', '12', 'tomorrow', 'March 7', '2024-2-9', 'Thu Feb 29 2024 12:30:00 GMT+0100 (CET)',
	[], [1, 'a'], [null], [[1]], ['5'], '[1, 2]', "['a', 'b']", '[1,', '{}', '{"a": 1}', "{a: 'b'}", '{a: 1, b: [2, {c: null}]}', '{"a": 1,}', '[]', 'null', '"text"', '5', "{'a': \"it's\"}", '{a: undefined}', '{ a: `x` }', '({a: 1})', '{a: -1}', '{a: +1}', '{a: 1 + 1}', '{__proto__: 1}', '{"__proto__": 1}', '{a: 1, a: 2}', '{a}', '{a() {}}', '{["a"]: 1}', '{a: /x/}', '// x\n{a: 1}', '{/*c*/a: 1}', '{a: "\\x41\\u{1F600}\\n"}', '{1: 2, 0: 1}', '{a: 0x10}', '{a: Infinity}', '{a: NaN}',
	{}, { a: 1 }, { mimeType: 'text/plain', data: 'x' }, { mimeType: 'text/plain', id: 'x' }, { mimeType: 1 }, { data: 'x' }, { toString: 1 }, { toString: null, valueOf: 1 }, { length: 1 },
	'https://example.com', 'http://user:pass@example.com:8080/p?q=1#f', 'example.com', 'ftp://host/x', 'file:///etc/hosts', 'javascript:alert(1)', 'ws://host', 'https://', 'http://a b', 'http://[::1]', 'http://[::1', '//x', 'http://exa mple.com', 'http://999.999.999.999', 'http://ex%41mple.com', 'http://例え.jp', 'mailto:a@b.c', '://x', 'https://x:99999', 'http://a.b-.c', 'http://-a.com', 'HTTP://A.com', 'http:\\\\a.com', 'http://a..b',
	'a.b.c', 'a.b.', '.b.c', 'eyJ.eyJ.sig', 'a.b.c.d+/=', 'a.b', 'ä.b.c', 'a.b.c\n', [['a.b.c']],
	'[{"fieldLabel": "A"}]', '[{"fieldLabel": "<b>", "html": "<b>"}]', '[{"fieldLabel": 1, "requiredField": true, "placeholder": null}]', '[{"fieldType": "number"}]', '[{"fieldType": "wrong"}]', '[{"fieldType": 5}]', '[{"nope": 1}]', '[1]', '[null]', '[[]]', '[{}]', '{"fieldLabel": "A"}', '[{"fieldOptions": ["a"]}]', '[{"fieldOptions": [{"option": "a"}]}]', '[{"fieldOptions": {"values": [{"option": "a"}]}}]', '[{"fieldOptions": {"values": [{"option": 1}]}}]', '[{"fieldOptions": {"values": 5}}]', '[{"fieldOptions": null}]', '[{"fieldOptions": "x"}]', "[{fieldLabel: 'A', defaultValue: {a: 1}}]", '[{"defaultValue": [1, [2]]}]',
	[{ fieldLabel: 'A' }], [{ fieldLabel: 'A', defaultValue: { a: 1 } }], [5], 'x'.repeat(40), '\u00a05\ufeff', 'İ',
];

const encode = (value) => {
	if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) return { $type: 'number', value: Object.is(value, -0) ? '-0' : String(value) };
	if (value?.isLuxonDateTime === true) return { $type: 'DateTime', value: value.toISO(), zone: value.zoneName };
	if (Array.isArray(value)) return Array.from(value, (item) => encode(item));
	if (value === null || typeof value !== 'object') return value;
	return Object.fromEntries(Object.keys(value).map((key) => [key, encode(value[key])]));
};

/** The moment of the calls. */
const NOW = Date.parse('2024-03-10T15:45:30.250Z');

/** Every type with every value, and as many mutated values again; `Settings` are those of n8n's luxon. */
function typeCalls({ validateFieldType }, { Settings }, random) {
	Object.assign(Settings, { now: () => NOW, defaultZone: 'utc' });
	const calls = [];
	const ask = (type, value, options) => {
		const args = ['field', value, type, options];
		let expected;
		try {
			expected = { value: encode(validateFieldType(...structuredClone(args))) };
		} catch (error) {
			expected = { throws: error.message };
		}
		calls.push({ id: calls.length, fn: 'validateFieldType', args, expected, source: type });
	};
	for (const type of TYPES) {
		for (const value of VALUES) {
			const options = {};
			if (random.chance(0.2)) options.strict = true;
			if (random.chance(0.4)) options.parseStrings = true;
			if (type === 'options') options.valueOptions = [{ name: 'A', value: 'abc' }, { name: '1', value: 1 }, { name: 'T', value: true }];
			ask(type, value, options);
			if (typeof value !== 'string' || value.length === 0) continue;
			const other = mutated(random, value);
			// What n8n's parser of object literals makes of odd regular expressions among them is its own.
			if (!(['object', 'form-fields'].includes(type) && other.includes('/'))) ask(type, other, options);
		}
	}
	return calls;
}

/** The text with a few characters removed, doubled or replaced. */
function mutated(random, text) {
	const characters = [...text];
	for (let count = random.int(1, 3); count > 0; count -= 1) {
		const at = random.int(0, characters.length);
		const piece = random.pick([...'0159:-+.,/ []{}"\'\\TZaex<>=_', '', random.pick(characters) ?? '']);
		characters.splice(at, random.int(0, 1), piece);
	}
	return characters.join('');
}

module.exports = { typeCalls, NOW };
