// Every descriptor of n8n-nodes-base loads, agrees with the project's schemas, and comes back equal, key order included.

export const name = 'descriptors';
export const rows = [];

export async function run({ n8n, cargo }) {
	const driver = await cargo.example('load_bundle');
	const differences = [];
	const figures = [];
	for (const kind of ['nodes', 'credentials']) {
		const file = `n8n-nodes-base/dist/types/${kind}.json`;
		const entries = n8n(file);
		const lines = (await driver(n8n.resolve(file))).trimEnd().split('\n').map((line) => JSON.parse(line));
		entries.forEach((entry, index) => {
			const { text, problems } = lines[index] ?? { problems: ['not loaded'] };
			const expected = JSON.stringify(entry);
			const title = `${kind}[${index}] ${entry.name}`;
			if (problems.length > 0) differences.push({ row: null, title, expected: [], actual: problems });
			else if (JSON.stringify(JSON.parse(text)) !== expected) differences.push({ row: null, title, expected: entry, actual: JSON.parse(text) });
		});
		figures.push(`${entries.length} ${kind}`);
	}
	return { figures, differences };
}
