import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type DeltaOptions, deltaSink } from '@tickets/sinks'
import { parquetReadObjects } from 'hyparquet'
import { filesOfTable } from '../../../test/files/files-of-table.ts'
import { commit, type Every, folder } from './helpers.ts'
import { row } from './table-cases.ts'

/** The numbers of the rows that a table has; null where there is no table. */
export async function numbersIn(path: string): Promise<number[] | null> {
  if (!existsSync(join(path, '_delta_log'))) return null
  const read = async (file: string) => parquetReadObjects({ file: Uint8Array.from(await readFile(file)).buffer, columns: ['small'] })
  return (await Promise.all(filesOfTable(path).map(read))).flat().map(({ small }) => Number(small))
}

/** A table of some ranges with ten rows each, numbered from 0; each range is a commit. */
export async function tableOf(ranges: number, options: DeltaOptions<Every> = {}): Promise<string> {
  const path = join(await folder(), 'table')
  await addRanges(path, 0, ranges, options)
  return path
}

/** Adds ranges to a table as a pipeline does, from range `from` on. */
export async function addRanges(path: string, from: number, to: number, options: DeltaOptions<Every> = {}): Promise<void> {
  const sink = deltaSink<Every>(path, { encodeWorkers: 0, ...options })
  await sink.begin?.({ id: 'log1', takesOver: false, remove: [] })
  for (let n = from; n < to; n++) await commit(sink, numbers(10 * n, 10 * n + 10).map(row), n)
}

export const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)
