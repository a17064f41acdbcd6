import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { assignTeam, GENERATOR_DISORDER, generator, into, pipeline, type Sink } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { arrowSink, csvSink, jsonSink, parquetSink } from '@tickets/sinks'

/** A dataset of all tickets in one format. */
export interface Dataset {
  readonly name: string
  readonly format: 'parquet' | 'json' | 'csv' | 'arrow'
  readonly path: string
  readonly bytes: number
  readonly files: number
}

const kinds: readonly { readonly name: string; readonly format: Dataset['format']; readonly sink: (path: string) => Sink<unknown> }[] = [
  { name: 'Parquet, snappy', format: 'parquet', sink: (path) => parquetSink(path, { compression: 'snappy' }) },
  { name: 'Parquet, zstd', format: 'parquet', sink: (path) => parquetSink(path, { compression: 'zstd' }) },
  { name: 'Arrow', format: 'arrow', sink: (path) => arrowSink(path) },
  { name: 'CSV', format: 'csv', sink: (path) => csvSink(path) },
  { name: 'JSON Lines', format: 'json', sink: (path) => jsonSink(path) },
]

/** Writes the generator's tickets (seed 1) with their teams once in each format, with the sinks' defaults. */
export async function writeDatasets(home: string, tickets: number): Promise<Dataset[]> {
  const datasets: Dataset[] = []
  for (const [i, { name, format, sink }] of kinds.entries()) {
    const path = join(home, `${i}-${format}`)
    await pipeline({
      name: 'formats',
      // Ten weeks for a million.
      source: generator({ tickets, seed: 1, spacing: '6 seconds' }),
      log: commitLog(join(home, `${i}-log`)),
      maxOutOfOrderness: GENERATOR_DISORDER,
      flows: (all) => ({ tickets: all.pipe(assignTeam(), into(sink(path))) }),
    }).run({ handleSignals: false })
    const sizes = await Promise.all(
      (await readdir(path)).filter((file) => file.startsWith('part-')).map(async (file) => (await stat(join(path, file))).size),
    )
    datasets.push({ name, format, path, bytes: sizes.reduce((sum, size) => sum + size, 0), files: sizes.length })
  }
  return datasets
}
