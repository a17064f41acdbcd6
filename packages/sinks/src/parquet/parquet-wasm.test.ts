import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Batch, defineSchema, instant, type Schema } from '@tickets/core'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { duck, folder } from '../../test/helpers.ts'
import { parquetEncoder } from '../encoders/parquet.ts'
import { packIpc } from '../pack/pack-ipc.ts'
import { loadParquetWasm } from './parquet-wasm.ts'

const COLUMNS = 2_000
const ROWS = 500
const MIB = 2 ** 20

/** A wide table: texts, numbers, truths, enums and times in turn. */
function wide(): { schema: Schema<Record<string, unknown>>; batch: Batch<Record<string, unknown>> } {
  const kinds = [z.string(), z.number(), z.int(), z.boolean(), z.enum(['a', 'b', 'c'])]
  const values = (row: number, i: number) => [`text ${row} ${i}`, row * 1.5 + i, row * i, row % 2 === 0, 'abc'[row % 3]][i % 5]
  const names = Array.from({ length: COLUMNS }, (_, i) => `c${i}`)
  const shape = { at: instant(), ...Object.fromEntries(names.map((name, i) => [name, kinds[i % 5] as z.ZodType])) }
  const schema: Schema<Record<string, unknown>> = defineSchema(z.object(shape), { name: 'wide', time: 'at' })
  const rows = Array.from({ length: ROWS }, (_, row) => ({
    at: new Date(row),
    ...Object.fromEntries(names.map((name, i) => [name, values(row, i)])),
  }))
  return { schema, batch: Batch.of(schema, rows) }
}

test('a wide table takes little memory for each column, so that its thread stays, and its values come back', async () => {
  const { schema, batch } = wide()
  const wasm = await loadParquetWasm()
  const encoder = parquetEncoder({ compression: 'snappy', rowGroupRows: 1 << 20, encodings: 'compact', encodeWorkers: 0 })
  const made = await encoder.encode(schema, [batch], new Map([['tickets', '{}']]))
  const { ipc } = packIpc(schema, [batch])
  // With deltas and dictionaries everywhere it was 485 MiB, and the thread was replaced after each file.
  expect(wasm.memory).toBeLessThan(64 * MIB)
  expect(ipc.byteLength).toBeLessThan(32 * MIB)
  const file = join(await folder(), 'wide.parquet')
  await writeFile(file, made as Uint8Array)
  const [found] = await duck(
    `SELECT count(*)::INT AS rows, count(DISTINCT c0)::INT AS texts, sum(c1) AS numbers, max(c7)::INT AS whole, count(*) FILTER (c3)::INT AS truths, max(c1999) AS member, epoch_ms(max("at"))::INT AS last FROM read_parquet('${file}')`,
  )
  const sum = Array.from({ length: ROWS }, (_, row) => row * 1.5 + 1).reduce((a, b) => a + b, 0)
  expect(found).toEqual({ rows: ROWS, texts: ROWS, numbers: sum, whole: 7 * (ROWS - 1), truths: ROWS / 2, member: 'c', last: ROWS - 1 })
})
