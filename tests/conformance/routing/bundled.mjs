// Cases of the declarative nodes of n8n-nodes-base: an operation, parameters for what it shows, a credential, a few items.

const BUNDLE = 'n8n-nodes-base/dist/types';
const WORDS = ['alpha', 'Bravo', 'a b', "it's", 'München', '東京', 'a/b', 'x&y=z', '', '42', '  padded ', '{"a":1}', 'line\nbreak', '100%', '-7', 'true', '.', 'a.b', 'x#y?z'];
const EXPRESSIONS = ['={{ $json.text }}', '={{ $json.nothing }}', '=pre-{{ $json.n }}', '={{ $json.list }}', '={{ $itemIndex }}', '={{ $json.text.toUpperCase() }}', "={{ $('Input').item.json.text }}", '={{ $json["flag"] }}'];

const text = (random, type) => {
	if (random.chance(0.12)) return random.pick(EXPRESSIONS);
	return type === 'dateTime' ? '2024-05-06T07:08:09.000Z' : random.pick(WORDS);
};

/** A value for a property: mostly what it asks for. */
export function valueOf(random, property, depth = 0) {
	if (property.default !== undefined && random.chance(0.15)) return property.default;
	const multiple = property.typeOptions?.multipleValues === true;
	switch (property.type) {
		case 'string': case 'dateTime': case 'color': case 'hidden': return multiple ? [text(random), text(random)] : text(random, property.type);
		case 'json': return random.pick(['{"a": 1}', '[1, 2]', 'not json', '{}']);
		case 'number': return random.chance(0.1) ? '={{ $json.n }}' : random.pick([0, 1, 5, 50, 3.5, -1]);
		case 'boolean': return random.chance(0.1) ? '={{ $json.flag }}' : random.chance(0.5);
		case 'options': {
			const known = (property.options ?? []).filter((option) => 'value' in option);
			return known.length > 0 ? random.pick(known).value : text(random);
		}
		case 'multiOptions': {
			const known = random.subset(property.options ?? [], 0.4).map((option) => option.value);
			return known.length > 0 ? known : [text(random)];
		}
		case 'resourceLocator': {
			const mode = random.pick(property.modes ?? [{ name: 'id' }]);
			const fits = mode.name === 'url' && random.chance(0.6);
			return { __rl: true, mode: mode.name, value: fits ? mode.placeholder?.replace(/^e\.g\. /, '') ?? 'https://example.com/x/1' : text(random) };
		}
		case 'collection': {
			const chosen = depth > 2 ? [] : random.subset(property.options ?? [], 0.35);
			return Object.fromEntries(chosen.map((inner) => [inner.name, valueOf(random, inner, depth + 1)]));
		}
		case 'fixedCollection': {
			const chosen = depth > 2 ? [] : random.subset(property.options ?? [], 0.6);
			const entry = (group) => Object.fromEntries(random.subset(group.values ?? [], 0.8).map((inner) => [inner.name, valueOf(random, inner, depth + 1)]));
			const value = (group) => (multiple ? [entry(group), ...(random.chance(0.5) ? [entry(group)] : [])] : entry(group));
			return Object.fromEntries(chosen.map((group) => [group.name, value(group)]));
		}
		default: return property.default ?? '';
	}
}

const holdsNull = (routing) => [routing?.send?.preSend, routing?.output?.postReceive].some((list) => list?.includes(null));

/** Whether a function of this operation was lost when the descriptor became JSON. */
function isLost(properties, parameters) {
	return properties.some((property) => {
		if (holdsNull(property.routing)) return true;
		if (property.type === 'options') return holdsNull(property.options?.find((option) => option.value === parameters[property.name])?.routing);
		if (property.type === 'collection') return (property.options ?? []).some((inner) => isLost([inner], {}));
		if (property.type === 'fixedCollection') return (property.options ?? []).some((group) => isLost(group.values ?? [], {}));
		return false;
	});
}

/** Data for a credential type, its parents' fields before its own. */
function credentialOf(types, name) {
	const withParents = (type) => [...(types[type]?.extends ?? []).flatMap(withParents), ...(types[type]?.properties ?? [])];
	const data = {};
	for (const { name: key, type, default: standard } of withParents(name)) {
		const url = /url|host|domain|server/i.test(key) && !/token|auth/i.test(key);
		if (['hidden', 'options', 'boolean'].includes(type)) data[key] = standard;
		else data[key] = standard || (url ? `https://${name.toLowerCase()}.example.test` : `${name}-${key}`);
	}
	delete data.allowedHttpRequestDomains;
	delete data.allowedDomains;
	return { ...data, oauthTokenData: { access_token: 'given-access', token_type: 'Bearer' } };
}

/** Items of a case. */
export const someItems = (random) => Array.from({ length: random.int(1, 4) }, (_, n) => ({ n, text: random.pick(WORDS), flag: n % 2 === 0, list: [n, 'x'] }));

/** Parameters for what a node shows: round after round, since values show others. */
export function parametersFor(NodeHelpers, random, node, typeVersion) {
	const parameters = {};
	let shown = [];
	for (let round = 0; round < 4; round++) {
		const subject = { id: '1', name: 'Node', type: node.name, typeVersion, position: [0, 0], parameters: structuredClone(parameters) };
		const complete = NodeHelpers.getNodeParameters(node.properties, subject.parameters, true, false, subject, node);
		shown = node.properties.filter((property) => NodeHelpers.displayParameter(complete, property, subject, node));
		for (const property of shown) {
			if (property.name in parameters || ['requestOptions', 'authentication'].includes(property.name)) continue;
			const first = property.noDataExpression || ['resource', 'operation'].includes(property.name);
			if ((first || round > 0) && (property.required || first || random.chance(0.7))) parameters[property.name] = valueOf(random, property);
		}
	}
	return { parameters, shown };
}

/** A maker of cases: `next(random)` gives one, or nothing where the draw was no good. */
export function bundledCases(n8n) {
	const { NodeHelpers } = n8n('n8n-workflow');
	const types = Object.fromEntries(n8n(`${BUNDLE}/credentials.json`).map((type) => [type.name, type]));
	const isOne = (node) => JSON.stringify(node.properties).includes('"routing"') && !node.webhooks?.length && node.properties.some(({ name }) => name === 'requestOptions');
	const nodes = n8n(`${BUNDLE}/nodes.json`).filter(isOne);
	const next = (random) => {
		const node = random.pick(nodes);
		const typeVersion = random.pick([node.version].flat());
		const { parameters, shown } = parametersFor(NodeHelpers, random, node, typeVersion);
		if (isLost(shown, parameters)) return undefined;
		const credentials = Object.fromEntries((node.credentials ?? []).slice(0, 1).map(({ name }) => [name, credentialOf(types, name)]));
		const name = [node.name, typeVersion, parameters.resource, parameters.operation].filter((part) => part !== undefined).join('.');
		return { name, description: node, node: { type: `n8n-nodes-base.${node.name}`, typeVersion, parameters }, credentials, items: someItems(random) };
	};
	return { next, types, count: nodes.length };
}
