// Which item of an earlier node an item comes from: a walk along `pairedItem` and the sources of runs.
(function (host) {
	const { fact } = host;

	const noConnection = (error, node) => error('Invalid expression', {
		messageTemplate: 'No path back to referenced node', functionality: 'pairedItem', descriptionKey: 'pairedItemNoConnection',
		type: 'paired_item_no_connection', moreInfoLink: true, nodeCause: node,
	});
	const noInfo = (error, node, method) => error(
		`Paired item data for ${method} from node '${node}' is unavailable. Ensure '${node}' is providing the required output.`,
		{
			functionality: 'pairedItem', descriptionKey: 'pairedItemNoInfo', nodeCause: node, type: 'paired_item_no_info',
			causeDetailed: `Missing pairedItem data (node '${node}' probably didn't supply it)`,
		},
	);
	const notFound = (error, node, cause) => error('Paired item resolution failed', {
		messageTemplate: 'Unable to find paired item source', functionality: 'pairedItem', nodeCause: cause,
		description: `Could not trace back to node '${node}'`, type: 'paired_item_no_info', moreInfoLink: true,
	});
	const several = (error, node, item) => error('Multiple matches found', {
		messageTemplate: `Multiple matching items for item [${item}]`, functionality: 'pairedItem', nodeCause: node,
		descriptionKey: 'pairedItemMultipleMatches', type: 'paired_item_multiple_matches',
	});
	const noBranch = (error, node, item, cause) => error('Branch not found', {
		messageTemplate: 'Paired item references non-existent branch', functionality: 'pairedItem', nodeCause: cause,
		description: `Item ${item} in node ${node} references a branch that doesn't exist.`, type: 'paired_item_invalid_info',
	});
	const noOutput = (error, source, cause) => error('Can’t get data for expression', {
		messageTemplate: 'Missing output data', nodeCause: cause, type: 'internal',
		description: `Expected output #${source.previousNodeOutput || 0} from node ${source.previousNode}`,
	});

	const asLink = (paired) => (typeof paired === 'number' ? { item: paired } : paired);
	const links = (paired) => (paired === null || paired === undefined ? [] : Array.isArray(paired) ? paired.map(asLink) : [asLink(paired)]);

	/** Answers `{ place, item }`; two ways lead to the same item if their places are the same. */
	const walk = (error, destination, firstSource, firstPaired, method) => {
		// Ways part and meet again; every item is walked from once.
		const known = new Map();
		const resolve = (incoming, paired, cause) => {
			const source = paired.sourceOverwrite || incoming;
			if (!source) throw notFound(error, destination, cause);
			const key = `${source.previousNodeRun ?? 0}|${source.previousNodeOutput ?? 0}|${paired.item}|${source.previousNode}`;
			let entry = known.get(key);
			if (entry === undefined) {
				try {
					entry = { found: step(source, paired, cause, key) };
				} catch (thrown) {
					entry = { thrown };
				}
				known.set(key, entry);
			}
			if ('thrown' in entry) throw entry.thrown;
			return entry.found;
		};
		const step = (source, paired, cause, place) => {
			const node = source.previousNode;
			const run = source.previousNodeRun || 0;
			const output = source.previousNodeOutput || 0;
			const count = host.count(node, run, output);
			if (count < 0) throw noOutput(error, source, cause);
			const item = paired.item < count ? host.runItem(node, run, output, paired.item) : undefined;
			if (node === destination) {
				if (paired.item >= count) throw noInfo(error, node, method);
				return { place, item };
			}
			const next = links(item.pairedItem);
			if (next.length === 0) throw noInfo(error, node, method);
			const sources = host.sources(node, run);
			const results = [];
			for (const link of next) {
				const input = link.input ?? 0;
				if (input >= sources.length) continue;
				try {
					results.push({ found: resolve(link.sourceOverwrite ?? sources[input], { ...link, input }, node) });
				} catch (thrown) {
					results.push({ thrown });
				}
			}
			if (results.every((result) => 'thrown' in result)) throw results[0].thrown;
			const [first, ...rest] = results.filter((result) => 'found' in result).map((result) => result.found);
			if (first === undefined) throw sources.length === 0 ? noConnection(error, destination) : noBranch(error, node, paired.item, cause);
			if (rest.some((other) => other.place !== first.place)) throw several(error, destination, paired.item);
			return first;
		};
		return resolve(firstSource, asLink(firstPaired), undefined).item;
	};

	/** The item of `node` that the item of the input comes from. */
	const resolve = ({ error, node, method, itemIndex, source }) => {
		const input = host.item(itemIndex);
		if (!input) {
			const active = fact('nodeName');
			throw error('Can’t get data for expression', {
				messageTemplate: 'Can’t get data for expression under ‘%%PARAMETER%%’ field', functionality: 'pairedItem',
				description: `Some intermediate nodes between ‘<strong>${node}</strong>‘ and  ‘<strong>${active}</strong>‘ have not executed yet.`,
				causeDetailed: `pairedItem can't be found when intermediate nodes between ‘<strong>${node}</strong>‘ and  ‘<strong>${active}</strong> have not executed yet.`,
				itemIndex, type: 'paired_item_intermediate_nodes',
			});
		}
		if (input.pairedItem === undefined) throw noInfo(error, fact('nodeName'), method);
		if (source === undefined) {
			throw error('Can’t get data for expression', {
				messageTemplate: 'Can’t get data for expression under ‘%%PARAMETER%%’ field', functionality: 'pairedItem',
				description: 'Apologies, this is an internal error. See details for more information',
				causeDetailed: 'Missing sourceData (probably an internal error)', itemIndex,
			});
		}
		return walk(error, node, source, input.pairedItem, method);
	};

	return { noConnection, resolve, walk };
});
