import { Batch, type Schema } from '@tickets/core'
import { fromRecordBatch, ipcStream, readIpc, schemaOfFields } from '@tickets/core/arrow'
import * as wasm from 'parquet-wasm'
import type { Kernels } from '../src/kernels/kernels.ts'
import { compiledKernels, plainKernels } from '../src/kernels/load.ts'
import { packTable } from '../src/pack/pack-table.ts'
import { tableOf } from '../src/pack/table-of.ts'
import { type FileSettings, FileWriter } from '../src/parquet-file/file-writer.ts'

const usual: FileSettings = { compression: 'SNAPPY', plain: false, rowGroupRows: 1 << 20 }

/** The kernels as they run here: the plain ones where the engine has no SIMD. */
export const kernels: Kernels = (await compiledKernels()) ?? plainKernels()
/** The same in plain TypeScript. */
export const plain = plainKernels()

/** A Parquet file of some batches, each a table of its own. */
export function written<T>(schema: Schema<T>, batches: readonly Batch<T>[], settings: Partial<FileSettings> = {}, by = kernels): Uint8Array {
  const { top } = by.memory
  try {
    const writer = new FileWriter(by, schema.fields, { ...usual, ...settings })
    for (const batch of batches) writer.add(tableOf(packTable(schema as Schema<unknown>, [batch as Batch<unknown>])))
    return Uint8Array.from(Buffer.concat(writer.finish([['tickets', '{}']])))
  } finally {
    by.memory.release(top)
  }
}

/** Rows in batches of some size. */
export const batched = <T>(schema: Schema<T>, rows: readonly T[], size = rows.length): Batch<T>[] =>
  Array.from({ length: Math.ceil(rows.length / Math.max(1, size)) }, (_, i) => Batch.of(schema, rows.slice(i * size, (i + 1) * size)))

/** Rows as Arrow data without a schema of ours has them: enums as text, what is absent as null. */
function rowsOf(ipc: Uint8Array): unknown[] {
  const { fields, batches } = readIpc(ipc)
  const schema = schemaOfFields(fields, { name: 'read', version: 1, keys: [] })
  return batches.flatMap((batch) => [...fromRecordBatch(schema, batch)])
}

/** The rows of a Parquet file as parquet-wasm reads them. */
export const readBack = (file: Uint8Array): unknown[] => rowsOf(wasm.readParquet(file).intoIPCStream())

/** The rows that `readBack` should give. */
export const expected = <T>(schema: Schema<T>, rows: readonly T[]): unknown[] =>
  rows.length === 0 ? [] : rowsOf(ipcStream(schema, [Batch.of(schema, rows)]))
