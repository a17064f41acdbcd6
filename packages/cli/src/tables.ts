import type { Inspection } from '@tickets/sinks'
import { table } from 'table'
import { count, size } from './text.ts'

/** Lines of a kind that may be many, cut off. */
const MOST = 12
const cut = (rows: string[][]): string[][] => (rows.length > MOST ? [...rows.slice(0, MOST), ['', `… and ${rows.length - MOST} more`]] : rows)

/** Returns the inspection of a dataset as a table of text. */
export function inspectionTable(one: Inspection): string {
  const { rows, files, bytes, time, tasks, partitions, small, json, compacted } = one
  const folders = partitions.filter(({ folder }) => folder !== '')
  const lines = [
    ['dataset', one.dir],
    ...(one.version === null ? [] : [['version', String(one.version)]]),
    ['format', one.format || '(no files)'],
    ...one.schemas.map((schema) => ['schema', `${schema.name} v${schema.version}, ${count(schema.files)} files`]),
    ...(one.keys.length > 0 ? [['keys', one.keys.join(', ')]] : []),
    ['rows', count(rows)],
    ['files', `${count(files)}, ${compacted} of them compacted`],
    ['small files', `${count(small.files)} below ${size(small.below)} (${count(small.share * 100)} %)`],
    ['size', `${size(bytes)}${rows > 0 ? `, ${count(bytes / rows)} bytes a row` : ''}`],
    ['JSON', json ? `${count(json.ratio)} times as large: ${size(json.bytes)}, from ${count(json.sampled)} rows` : 'not compared'],
    ['time', time ? `${time.column} ${time.from.toISOString()} to ${time.to.toISOString()}` : 'not told'],
    ...cut(Object.entries(tasks).map(([task, ranges]) => [task, ranges.map(([from, to]) => `[${from}, ${to})`).join(' ')])),
    ...cut(folders.map(({ folder, ...of }) => [folder, `${count(of.rows)} rows, ${of.files} files, ${size(of.bytes)}`])),
  ]
  return keyValueTable(lines)
}

/** Returns a table of text with a name and a value in each line. */
export const keyValueTable = (lines: string[][]): string =>
  table(lines, { columns: { 1: { width: 90, wrapWord: false } }, drawHorizontalLine: (i, n) => i === 0 || i === n }).trimEnd()
