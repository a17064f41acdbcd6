import type { Format, Opened } from './format.ts'

const NEW_LINE = 10
const CARRIAGE = 13
const QUOTE = 34

function linesIn(bytes: Uint8Array): number {
  let lines = 0
  for (let at = bytes.indexOf(NEW_LINE); at >= 0; at = bytes.indexOf(NEW_LINE, at + 1)) lines++
  return bytes.length > 0 && bytes[bytes.length - 1] !== NEW_LINE ? lines + 1 : lines
}

/** Where the records of a CSV file end: after each line end that is not inside of quotes. */
function csvEnds(bytes: Uint8Array): { header: number; records: number } {
  let header = -1
  let records = 0
  let quoted = false
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === QUOTE) quoted = !quoted
    else if (byte === NEW_LINE && !quoted) {
      if (header < 0) header = at + 1
      else records++
    }
  }
  return { header: header < 0 ? bytes.length : header, records }
}

const opened = (rows: number, shape: string): Opened => ({ rows, footer: null, shape, fields: [], close() {} })

/** JSON Lines: files are put end to end, whatever keys their rows have. */
export const jsonFormat: Format = {
  open: async (bytes) => opened(linesIn(bytes), 'jsonl'),
  async *merge({ files, read }, count) {
    let rows = 0
    for (let i = 0; i < files; i++) {
      const bytes = await read(i)
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
    return opened(records, new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, header)))
  },
  async *merge({ files, read }, count) {
    let rows = 0
    for (let i = 0; i < files; i++) {
      const bytes = await read(i)
      const { header, records } = csvEnds(bytes)
      rows += records
      const part = i === 0 ? bytes : bytes.subarray(header)
      if (part.length > 0) yield part
      if (part.length > 0 && part[part.length - 1] !== NEW_LINE) yield Uint8Array.of(CARRIAGE, NEW_LINE)
    }
    count(rows)
  },
}
