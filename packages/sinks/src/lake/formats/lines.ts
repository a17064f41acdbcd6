import type { Format, Opened } from './format.ts'
import { isMatch, knownIn, type Matches, type RowFilter } from './row-filter.ts'

const NEW_LINE = 10
const CARRIAGE = 13
const QUOTE = 34

/** Part of a file, with the line end where it has one. */
type Span = readonly [from: number, to: number]
type Row = Record<string, unknown>

function linesIn(bytes: Uint8Array): number {
  let lines = 0
  for (let at = bytes.indexOf(NEW_LINE); at >= 0; at = bytes.indexOf(NEW_LINE, at + 1)) lines++
  return bytes.length > 0 && bytes[bytes.length - 1] !== NEW_LINE ? lines + 1 : lines
}

/** Where the records of a CSV file end: after each line end that is not inside of quotes. */
function csvEnds(bytes: Uint8Array): { header: number; records: number } {
  let header = -1
  let records = 0
  for (const [, to] of csvSpans(bytes)) {
    if (bytes[to - 1] !== NEW_LINE) continue
    if (header < 0) header = to
    else records++
  }
  return { header: header < 0 ? bytes.length : header, records }
}

function* csvSpans(bytes: Uint8Array): Generator<Span> {
  let quoted = false
  let from = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === QUOTE) quoted = !quoted
    else if (byte === NEW_LINE && !quoted) {
      yield [from, at + 1]
      from = at + 1
    }
  }
  if (from < bytes.length) yield [from, bytes.length]
}

function* jsonSpans(bytes: Uint8Array): Generator<Span> {
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(NEW_LINE, from)
    const to = end < 0 ? bytes.length : end + 1
    yield [from, to]
    from = to
  }
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const textIn = (bytes: Uint8Array, [from, to]: Span) => utf8.decode(bytes.subarray(from, to))

/** Returns the cells of a record without their quotes. */
function cellsOf(text: string): readonly string[] {
  const record = text.replace(/\r?\n$/, '')
  const cells: string[] = []
  for (let at = 0; at <= record.length; at++) {
    let end = at
    if (record[at] === '"') {
      // Two quotes are one of the text.
      for (end = record.indexOf('"', at + 1); record[end + 1] === '"'; ) end = record.indexOf('"', end + 2)
      cells.push(record.slice(at + 1, end).replaceAll('""', '"'))
      end++
    } else {
      end = record.indexOf(',', at) < 0 ? record.length : record.indexOf(',', at)
      cells.push(record.slice(at, end))
    }
    at = end
  }
  return cells
}

/** Returns the rows of a file, each with where it stands. */
type ReadRows = (bytes: Uint8Array) => Iterable<readonly [row: Row, span: Span]>

function* jsonRows(bytes: Uint8Array): Generator<readonly [Row, Span]> {
  for (const span of jsonSpans(bytes)) yield [JSON.parse(textIn(bytes, span)) as Row, span]
}

function* csvRows(bytes: Uint8Array): Generator<readonly [Row, Span]> {
  let names: readonly string[] | null = null
  for (const span of csvSpans(bytes)) {
    const cells = cellsOf(textIn(bytes, span))
    if (names) yield [Object.fromEntries(names.map((name, i) => [name, cells[i] ?? ''])), span]
    else names = cells
  }
}

/** Returns the rows of a file that stay when those of a filter go, and how many they are. */
function withoutMatches(bytes: Uint8Array, rows: ReadRows, filter: RowFilter): { bytes: Uint8Array; rows: number } {
  const kept = [...rows(bytes)].flatMap(([row, [from, to]]) => (isMatch(row, filter) ? [] : [bytes.subarray(from, to)]))
  return { bytes: Buffer.concat(kept), rows: kept.length }
}

function matchesIn(bytes: Uint8Array, rows: ReadRows, filter: RowFilter, header: readonly string[]): Matches {
  const columns = new Set(header)
  const known = new Set(knownIn(Object.fromEntries(header.map((name) => [name, ''])), filter))
  let found = 0
  for (const [row] of rows(bytes)) {
    for (const name of Object.keys(row)) columns.add(name)
    for (const path of knownIn(row, filter)) known.add(path)
    if (isMatch(row, filter)) found++
  }
  return { rows: found, known, columns: [...columns] }
}

const opened = (rows: number, shape: string, find: Opened['find']): Opened => ({ rows, footer: null, shape, fields: [], find, close() {} })

/** JSON Lines: files are put end to end, whatever keys their rows have. */
export const jsonFormat: Format = {
  open: async (bytes) => opened(linesIn(bytes), 'jsonl', async (filter) => matchesIn(bytes, jsonRows, filter, [])),
  async *merge({ files, read, filter }, count) {
    let rows = 0
    for (let i = 0; i < files; i++) {
      const whole = await read(i)
      const bytes = filter ? withoutMatches(whole, jsonRows, filter).bytes : whole
      rows += linesIn(bytes)
      if (bytes.length > 0) yield bytes
      if (bytes.length > 0 && bytes[bytes.length - 1] !== NEW_LINE) yield Uint8Array.of(NEW_LINE)
    }
    count(rows)
  },
}

/** CSV: files of one header are put end to end, the header once. */
export const csvFormat: Format = {
  async open(bytes) {
    const { header, records } = csvEnds(bytes)
    const head = textIn(bytes, [0, header])
    return opened(records, head, async (filter) => matchesIn(bytes, csvRows, filter, cellsOf(head)))
  },
  async *merge({ files, read, filter }, count) {
    let rows = 0
    for (let i = 0; i < files; i++) {
      const bytes = await read(i)
      const { header, records } = csvEnds(bytes)
      const body = filter ? withoutMatches(bytes, csvRows, filter) : { bytes: bytes.subarray(header), rows: records }
      rows += body.rows
      for (const part of i === 0 ? [bytes.subarray(0, header), body.bytes] : [body.bytes]) {
        if (part.length > 0) yield part
        if (part.length > 0 && part[part.length - 1] !== NEW_LINE) yield Uint8Array.of(CARRIAGE, NEW_LINE)
      }
    }
    count(rows)
  },
}
