import { Batch, defineSchema, instant } from '@tickets/core'
import { fromRecordBatch, ipcStream, join, slice, toRecordBatch } from '@tickets/core/arrow'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { anyRow, Every, plain, sparse } from '../../test/helpers.ts'
import { fillEnum } from './fill-enums.ts'
import { packIpc } from './pack-ipc.ts'

let wasm: typeof import('parquet-wasm')
beforeAll(async () => {
  wasm = await import('parquet-wasm')
})

/** The file that parquet-wasm makes of an IPC stream: equal files, equal streams. */
const fileOf = (ipc: Uint8Array) => Buffer.from(wasm.writeParquet(wasm.Table.fromIPCStream(ipc))).toString('base64')

function packed(...given: Parameters<typeof packIpc>): Uint8Array {
  const { ipc, enums } = packIpc(...given)
  for (const slot of enums) fillEnum(ipc, slot)
  return new Uint8Array(ipc)
}

test('any rows are packed as Arrow writes them, however they were batched', () => {
  const cutRows = fc.tuple(fc.array(anyRow, { minLength: 1, maxLength: 60 }), fc.integer({ min: 1, max: 60 }))
  fc.assert(
    fc.property(cutRows, ([rows, size]) => {
      const batches: Batch<Every>[] = []
      for (let at = 0; at < rows.length; at += size) batches.push(Batch.of(Every, rows.slice(at, at + size)), Batch.of(Every, []))
      expect(fileOf(packed(Every, batches))).toBe(fileOf(ipcStream(Every, [join(batches)])))
    }),
    { numRuns: 200 },
  )
})

test('no rows give the columns alone', () => {
  expect(fileOf(packed(Every, []))).toBe(fileOf(ipcStream(Every, [])))
  expect(fileOf(packed(Every, [Batch.of(Every, [])]))).toBe(fileOf(ipcStream(Every, [])))
})

test('Arrow data from elsewhere: slices that begin inside of a buffer, and enums in another order', () => {
  const rows = Array.from({ length: 37 }, (_, i) => (i % 3 === 0 ? sparse : { ...plain, small: i, kind: i % 2 ? ('a' as const) : ('ü' as const) }))
  const whole = toRecordBatch(Batch.of(Every, rows))
  const parts = [whole.slice(3, 13), whole.slice(13, 14), whole.slice(14, 37)].map((part) => fromRecordBatch(Every, part))
  expect(fileOf(packed(Every, parts))).toBe(fileOf(packed(Every, [slice(Batch.of(Every, rows), 3, 37)])))

  const one = { of: ['low', 'high', 'ü'], other: ['high', 'ü', 'low', 'new'] }
  const at = new Date(0)
  const schemaOf = (members: string[]) =>
    defineSchema(z.object({ at: instant(), level: z.enum(members as [string, ...string[]]) }), { name: 'l', time: 'at' })
  const [first, second] = [schemaOf(one.of), schemaOf(one.other)]
  const made = (schema: typeof first, levels: string[]) =>
    Batch.of(
      schema,
      levels.map((level) => ({ at, level })),
    )
  const mixed = [made(first, ['low', 'ü']), fromRecordBatch(first, toRecordBatch(made(second, ['high', 'low', 'ü'])))]
  const expected = made(first, ['low', 'ü', 'high', 'low', 'ü'])
  expect(fileOf(packed(first, mixed))).toBe(fileOf(ipcStream(expected.schema, [expected])))
})

test.each([129, 40_000])('an enum of %i members, whose codes are wider', (count) => {
  const members = Array.from({ length: count }, (_, i) => `m${i % 7 === 0 ? 'é'.repeat(i % 5) : ''}${i}`)
  const schema = defineSchema(z.object({ at: instant(), level: z.enum(members as [string, ...string[]]).nullable() }), { name: 'wide', time: 'at' })
  const rows = members.map((level, i) => ({ at: new Date(i), level: i % 10 === 3 ? null : level })).reverse()
  const batches = [Batch.of(schema, rows.slice(0, 101)), Batch.of(schema, rows.slice(101))]
  expect(fileOf(packed(schema, batches))).toBe(fileOf(ipcStream(schema, [Batch.of(schema, rows)])))
})

test('what one file cannot hold is refused with what to do', () => {
  const text = Batch.of(Every, [{ ...plain, text: 'x'.repeat(2 ** 20) }])
  expect(() =>
    packIpc(
      Every,
      Array.from({ length: 1100 }, () => text),
    ),
  ).toThrow(expect.objectContaining({ code: 'ENCODER_FAILED', message: expect.stringContaining('maxRowsPerFile') }))
})
