import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Schema, Sink } from '@tickets/core'
import type { FileLayer } from '@tickets/core/node'
import { type DeltaOptions, deltaSink } from '@tickets/sinks'
import { parquetReadObjects } from 'hyparquet'
import { filesOfTable } from '../../../test/files/files-of-table.ts'
import { folder } from './helpers.ts'
import { KeyedRow, keyedRow } from './keyed-rows.ts'
import { commitKeyed, type KeyedRange } from './keyed-tables.ts'
import { quick } from './lake-helpers.ts'

export type Options = DeltaOptions<KeyedRow>
/** Rows of one `id` replace each other, and those with `gone` delete. */
export const byId: Options = { key: 'id', deleteWhen: 'gone' }

/** The numbers of the rows in a table, sorted. Each row of a test has another. */
export async function numbersIn(path: string): Promise<number[]> {
  const read = async (file: string) => parquetReadObjects({ file: Uint8Array.from(await readFile(file)).buffer, columns: ['n'] })
  return (await Promise.all(filesOfTable(path).map(read)))
    .flat()
    .map(({ n }) => Number(n))
    .sort((a, b) => a - b)
}
/** A sink of a log that owns the folder of its table. */
export const sinkAt = async (path: string, options: Options & { readonly files?: FileLayer } = byId): Promise<Sink<KeyedRow>> => {
  const sink = deltaSink<KeyedRow>(path, { encodeWorkers: 0, files: quick, ...options })
  await sink.begin?.({ id: 'log1', takesOver: false, remove: [] })
  return sink
}
export const newTable = async () => join(await folder(), 'table')
/** A range of the first task. */
export const rows = (...all: [id: string, n: number, gone?: boolean][]): KeyedRange => ({
  task: 0,
  rows: all.map(([id, n, gone]) => keyedRow(id, n, { gone: gone === true })),
})
/** Commits ranges one after the other, each of them number 0, 1 … of its task. */
export async function commitAll(
  path: string,
  ranges: readonly KeyedRange[],
  options: Options = byId,
  schema: Schema<KeyedRow> = KeyedRow,
): Promise<void> {
  const sink = await sinkAt(path, options)
  const next = new Map<number, number>()
  for (const one of ranges) {
    const n = next.get(one.task) ?? 0
    next.set(one.task, n + 1)
    await commitKeyed(sink, schema, one, n)
  }
}
