import { join } from 'node:path'
import { filesOfTable } from '../files/files-of-table.ts'
import type { Elsewhere } from './expected.ts'
import type { Run } from './run.ts'

/** Reads what the workers of a run wrote beside the datasets that all runs have, for the check. */
export async function foundElsewhere({ bench, bucket, home, lake, tables, keyed, warehouse, nested }: Run): Promise<Elsewhere> {
  await bucket?.download(home)
  const folder = (name: string) => join(home, 'out', name)
  const inDelta = (name: string) => bench.tables.ofDelta(folder(name), `${home}-${name}.parquet`)
  const inIceberg = (name: string) =>
    bench.tables.ofIceberg(bucket ? { ...bucket.config(), prefix: `out/${name}` } : { path: folder(name) }, `${home}-${name}.parquet`)
  return {
    lake: lake ? join(home, 'lake') : null,
    delta: tables ? filesOfTable(folder('delta')) : null,
    deltaRows: tables ? await inDelta('delta') : null,
    iceberg: tables ? await inIceberg('iceberg') : null,
    keyed: keyed
      ? {
          delta: await inDelta('keyed_delta'),
          iceberg: await inIceberg('keyed_iceberg'),
          windowsDelta: await inDelta('keyed_windows_delta'),
          windowsIceberg: await inIceberg('keyed_windows_iceberg'),
        }
      : null,
    facts: warehouse === null ? null : await bench.facts(warehouse, home),
    nested: nested === null ? null : await bench.nested(nested, home),
  }
}
