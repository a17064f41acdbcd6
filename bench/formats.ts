/**
 * The same tickets as Parquet, Arrow, CSV and JSON Lines: how large they are, and how long DuckDB reads them.
 * `node bench/formats.ts [--rows 1000000] [--repeats 5] [--record]`, on the built packages; `--record` keeps it and writes docs/performance.md.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { put } from './docs.ts'
import { writeDatasets } from './formats/datasets.ts'
import { measureFormats } from './formats/measure.ts'
import { formatReader } from './formats/reader.ts'
import { type FormatsResult, formatsPage } from './pages/formats.ts'
import { saveResult } from './results.ts'
import { circumstances, inWords } from './runner/machine.ts'
import { printTable } from './shared/print.ts'

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '1000000' }, repeats: { type: 'string', default: '5' }, record: { type: 'boolean', default: false } },
})
const [rows, repeats] = [values.rows, values.repeats].map((text) => Number(text.replaceAll('_', ''))) as [number, number]
if (![rows, repeats].every((n) => Number.isSafeInteger(n) && n > 0)) throw new Error('--rows and --repeats are whole numbers from 1')

const before = circumstances()
const home = await mkdtemp(join(tmpdir(), 'tickets-formats-'))
const reader = await formatReader()
try {
  console.error(`${rows.toLocaleString('en')} tickets in each format, to ${home}`)
  const datasets = await writeDatasets(home, rows)
  console.error(`${repeats} repeats in turns, after one that warms up`)
  const measured = await measureFormats(datasets, reader, repeats)
  const json = measured.find(({ name }) => name === 'JSON Lines')?.bytes ?? Number.NaN
  console.log(inWords(before))
  printTable(
    measured.map(({ name, bytes, files, read, wrong }) => ({
      format: wrong.length === 0 ? name : `${name}: WRONG (${wrong.join(', ')})`,
      files,
      MiB: bytes / 2 ** 20,
      'JSON to it': json / bytes,
      'all values, ms': read.all.median * 1000,
      'by team and day, ms': read.teams.median * 1000,
      'one client, ms': read.client.median * 1000,
    })),
  )
  const result: FormatsResult = { circumstances: before, rows, repeats, formats: measured }
  if (values.record) {
    saveResult('formats', result)
    const { marker, lines } = formatsPage(result)
    put(marker, lines)
  }
  if (measured.some(({ wrong }) => wrong.length > 0)) process.exitCode = 1
} finally {
  reader.close()
  await rm(home, { recursive: true, force: true, maxRetries: 5 })
}
