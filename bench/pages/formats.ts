import { markdownTable } from '../docs.ts'
import type { FormatRow } from '../formats/measure.ts'
import { READERS } from '../formats/reader.ts'
import { type Circumstances, measured } from '../runner/machine.ts'
import type { Spread } from '../shared/statistics.ts'
import type { Page } from './page.ts'

export interface FormatsResult {
  readonly circumstances: Circumstances
  readonly rows: number
  readonly repeats: number
  readonly formats: readonly FormatRow[]
}

const number = (n: number, digits: number) => n.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
const milliseconds = ({ median, min, max }: Spread) => `${number(median * 1000, 0)} (${number(min * 1000, 0)} to ${number(max * 1000, 0)})`

/** The table of formats. */
export function formatsPage({ circumstances, rows, repeats, formats }: FormatsResult): Page {
  const json = formats.find(({ name }) => name === 'JSON Lines')
  const lines = markdownTable(
    ['format', 'files', 'MiB', 'bytes a ticket', 'JSON to it', 'all values, ms', 'by team and day, ms', 'one client, ms'],
    formats.map(({ name, files, bytes, read, wrong }) => [
      wrong.length === 0 ? name : `${name}: WRONG (${wrong.join(', ')})`,
      files,
      number(bytes / 2 ** 20, 1),
      number(bytes / rows, 1),
      `${number((json?.bytes ?? Number.NaN) / bytes, 2)} ×`,
      milliseconds(read.all),
      milliseconds(read.teams),
      milliseconds(read.client),
    ]),
  )
  const versions = `DuckDB ${READERS.duckdb} on 2 threads, Arrow by pyarrow ${READERS.pyarrow}`
  const told = `${rows.toLocaleString('en')} tickets, ${versions}; medians (least to most) of ${repeats} repeats in turns, files in the page cache.`
  return {
    marker: 'formats',
    lines: [...lines, '', told, `${measured(circumstances)}.`],
    pictures: [],
  }
}
