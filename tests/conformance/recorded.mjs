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

export const NOT_RUN = { notRun: 'NODEHOST_RECORDED is not set' };

/**
 * Judges a driver's lines, `{id, different, ...}`, by a file of differences, `{row: [case, ...]}`. A case that agrees though
 * it is named there counts as a difference.
 */
export function judge(lines, differencesFile) {
	const named = JSON.parse(readFileSync(differencesFile, 'utf8'));
	const rowOf = new Map(Object.entries(named).flatMap(([row, cases]) => cases.map((id) => [id, row])));
	const differences = [];
	const counts = {};
	let agreed = 0;
	for (const { id, different, ...rest } of lines) {
		const row = rowOf.get(id) ?? null;
		rowOf.delete(id);
		if (different.length === 0) {
			agreed += 1;
			if (row !== null) differences.push({ row: null, title: `${id} agrees, though \`${row}\` names it; strike it off` });
			continue;
		}
		if (row !== null) counts[row] = (counts[row] ?? 0) + 1;
		differences.push({ row, title: `${id}: ${different.join('; ')}`.slice(0, 600), ...rest });
	}
	for (const [id, row] of rowOf) differences.push({ row: null, title: `there is no case ${id}, which \`${row}\` names` });
	const onPurpose = Object.entries(counts).map(([row, count]) => `${row} ${count}`).join(', ');
	return { figures: [`${lines.length} cases, ${agreed} agree; on purpose: ${onPurpose || 'none'}`], differences };
}

/** The JSON lines a driver printed. */
export const parseLines = (text) => text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line));
