// What the suites of recorded cases share: where the data is, and which cases differ on purpose.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file of recorded data; undefined where there is none (NODEHOST_RECORDED is not set). */
export function recordedFile(name) {
	const folder = process.env.NODEHOST_RECORDED;
	if (!folder) return undefined;
	const file = join(folder, name);
	if (!existsSync(file)) throw new Error(`NODEHOST_RECORDED holds no ${name}`);
	return file;
}

/** What a suite answers without its data. */
export const NOT_RUN = { notRun: 'NODEHOST_RECORDED is not set' };

/**
 * Judges answers, `{id, different: [text], expected?, actual?}`, by a file of differences, `{row: [case, ...]}`. A case that agrees though
 * it is named there is wrong, too, and so is a name without a case.
 */
export function judge(answers, differencesFile) {
	const named = new Map(Object.entries(parseFile(differencesFile)).flatMap(([row, cases]) => cases.map((id) => [id, row])));
	const differences = [];
	const counts = {};
	let agreed = 0;
	for (const { id, different, expected, actual } of answers) {
		const row = named.get(id) ?? null;
		if (different.length > 0) {
			if (row !== null) counts[row] = (counts[row] ?? 0) + 1;
			differences.push({ row, title: `${id}: ${different.join('; ')}`.slice(0, 600), ...(expected && { expected, actual }) });
		} else {
			agreed += 1;
			if (named.has(id)) differences.push({ row: null, title: `${id} agrees, though \`${row}\` names it; strike it off` });
		}
		named.delete(id);
	}
	for (const [id, row] of named) differences.push({ row: null, title: `there is no case ${id}, which \`${row}\` names` });
	const onPurpose = Object.entries(counts).map(([row, count]) => `${row} ${count}`).join(', ');
	return { figures: [`${answers.length} cases, ${agreed} agree; on purpose differ: ${onPurpose || 'none'}`], differences };
}

/** The values of JSON lines. */
export const parseLines = (text) => text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line));

const parseFile = (file) => JSON.parse(readFileSync(file, 'utf8'));
