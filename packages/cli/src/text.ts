import type { Inspection } from '@tickets/sinks'
import { table } from 'table'

const number = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 })

/** Returns a number of bytes as text, with a unit. */
export function size(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10))
  return `${number.format(bytes / 1024 ** step)} ${units[step]}`
}

/** Returns a count with separators between thousands. */
export const count = (value: number): string => number.format(value)

/** Returns rows below a head as lines of text with columns, the last of which may be of any length. */
export function columns(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => rows.reduce((most, row) => Math.max(most, row[i]?.length ?? 0), title.length))
  const line = (row: readonly string[]) =>
    row
      .map((text, i) => (i === head.length - 1 ? text : text.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd()
  return `${[head, ...rows].map(line).join('\n')}\n`
}

/** Returns how long ago something was, such as `12 s ago`. */
export function ago(then: Date, now: Date = new Date()): string {
  const seconds = Math.max(0, Math.round((now.getTime() - then.getTime()) / 1000))
  const units = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'min'],
  ] as const
  const [size, unit] = units.find(([least]) => seconds >= 2 * least) ?? [1, 's']
  return `${count(Math.floor(seconds / size))} ${unit} ago`
}

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
