import { expect, test } from 'vitest'
import * as z from 'zod'
import { defineSchema } from '../schema/define.ts'
import { bytes } from '../values/bytes.ts'
import { date } from '../values/date.ts'
import { decimal } from '../values/decimal.ts'
import { instant } from '../values/instant.ts'
import { json } from '../values/json-value.ts'
import { Batch, internals, join, pick, type RowOf, slice } from './batch.ts'
import { ipcFile } from './ipc.ts'
import { readIpc } from './read/read-ipc.ts'
import { fromRecordBatch, toRecordBatch } from './record-batch.ts'

const Order = defineSchema(
  z.object({
    at: instant(),
    user: z.object({ id: z.int(), name: z.string().optional(), address: z.object({ city: z.string(), kind: z.enum(['home', 'work']) }).nullable() }),
    products: z.array(z.object({ sku: z.string(), price: decimal(10, 2), flags: z.array(z.boolean().nullable()) })),
    counts: z.record(z.string(), z.int().nullable()).optional(),
    day: date(),
    total: decimal(38, 10).nullable(),
    any: json(),
    blob: bytes().nullable(),
    note: z.string().nullish(),
    payment: z.discriminatedUnion('by', [
      z.object({ by: z.literal('card'), last4: z.string(), holder: z.string().nullable() }),
      z.object({ by: z.literal('iban'), iban: z.string(), holder: z.string().optional() }),
    ]),
  }),
  { name: 'order', time: 'at' },
)
type Order = RowOf<typeof Order>

const rows: readonly Order[] = Array.from({ length: 20 }, (_, i) => ({
  at: new Date(i * 1000),
  user: {
    id: i,
    ...(i % 2 ? {} : { name: `n${i}` }),
    address: i % 3 === 0 ? null : { city: `c${i}`, kind: i % 4 ? ('work' as const) : ('home' as const) },
  },
  products: Array.from({ length: i % 4 }, (_p, p) => ({ sku: `s${i}-${p}`, price: `${i}.5${p}`, flags: [true, null, i % 2 === 0].slice(p) })),
  ...(i % 5 === 0 ? {} : { counts: Object.assign(Object.create(null), { a: i, constructor: null }) as Record<string, number | null> }),
  day: `2026-02-${String(i + 1).padStart(2, '0')}`,
  total: i % 2 ? null : `${i % 4 ? '-' : ''}1234567890123456789012345678.0000000${String(100 + i)}`,
  any: i % 3 === 0 ? null : { a: [i, 'x', null] },
  blob: i % 4 === 0 ? null : Uint8Array.of(i, 255),
  note: i % 2 ? null : 'x',
  payment: i % 2 ? { by: 'card', last4: '1234', holder: null } : { by: 'iban', iban: `FR${i}`, ...(i % 4 ? { holder: 'h' } : {}) },
}))
const batch = Batch.of(Order, rows)

test('rows come back as they were, maps without a prototype', () => {
  expect(batch.toArray()).toEqual(rows)
  const { counts, user } = batch.get(1)
  expect([Object.getPrototypeOf(counts), Object.getPrototypeOf(user)]).toEqual([null, Object.prototype])
  expect(Object.keys(batch.get(0))).not.toContain('counts')
  expect(Object.keys(batch.get(1).user)).toEqual(['id', 'address'])
})

test('what may be null or absent is null where it is read', () => {
  const [first] = rows as [Order]
  const { note: _, ...without } = first
  const some: Order[] = [without, { ...first, note: undefined }, { ...first, note: null }]
  expect(
    Batch.of(Order, some)
      .toArray()
      .map(({ note }) => note),
  ).toEqual([null, null, null])
})

test('picking, slicing and joining keep each row whole', () => {
  const chosen = [19, 3, 3, 0, 7]
  expect(pick(batch, Int32Array.from(chosen)).toArray()).toEqual(chosen.map((i) => rows[i]))
  expect(join([slice(batch, 13, 20), batch, slice(batch, 2, 2), slice(batch, 0, 3)]).toArray()).toEqual([
    ...rows.slice(13),
    ...rows,
    ...rows.slice(0, 3),
  ])
})

test('the size counts what is inside', () => {
  const inside = internals.columns(batch)[2]
  expect(batch.bytes).toBeGreaterThan(20 * 40)
  expect(inside?.children[0]?.children[0]?.values.length).toBeGreaterThan(0)
  expect(pick(batch, new Int32Array(0)).bytes).toBeLessThan(batch.bytes)
})

test('Arrow files have the rows with their types, and enums as text', () => {
  const { fields, batches } = readIpc(ipcFile(Order, [batch]))
  expect(fields.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
    'at instant',
    'user struct',
    'products list',
    'counts map',
    'day date',
    'total decimal',
    'any string',
    'blob bytes',
    'note string',
    'payment struct',
  ])
  expect(fields[2]?.children?.[0]?.children?.map(({ name, kind, precision, scale }) => [name, kind, precision, scale])).toEqual([
    ['sku', 'string', undefined, undefined],
    ['price', 'decimal', 10, 2],
    ['flags', 'list', undefined, undefined],
  ])
  expect(batches.map((one) => one.numRows)).toEqual([20])
})

test('a record batch of the same types is a batch, also where it is a part of one', () => {
  expect(fromRecordBatch(Order, toRecordBatch(batch)).toArray()).toEqual(rows)
  const part = fromRecordBatch(Order, toRecordBatch(batch).slice(5, 12))
  expect(part.toArray()).toEqual(rows.slice(5, 12))
  expect(join([part, batch]).toArray()).toEqual([...rows.slice(5, 12), ...rows])
})

test('a member of another variant is not kept', () => {
  const odd = { ...rows[0], payment: { by: 'iban', iban: 'x', last4: '1' } } as unknown as Order
  expect(Batch.of(Order, [odd]).get(0).payment).toEqual({ by: 'iban', iban: 'x' })
})
