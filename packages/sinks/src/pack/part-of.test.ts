import { Batch } from '@tickets/core'
import { pick } from '@tickets/core/arrow'
import { expect, test } from 'vitest'
import { Every, plain, sparse } from '../../test/helpers.ts'
import { Order, orderBatch } from '../../test/nested.ts'
import { packTable } from './pack-table.ts'
import { partOf } from './part-of.ts'

const batch = Batch.of(
  Every,
  Array.from({ length: 30 }, (_, i) => ({ ...(i % 3 ? plain : sparse), text: `text ${'é'.repeat(i)}`, small: i, yes: i % 4 === 0 })),
)
const rows = Int32Array.of(29, 3, 4, 5, 0, 0, 17, 12)

/** What is packed, without what lies between the columns. */
function packed(schema: unknown, given: readonly unknown[]) {
  const { slots, buffer } = packTable(schema as never, given as Batch<unknown>[])
  return slots.map(({ buffers, ...rest }) => [rest, buffers.map(({ at, bytes }) => Buffer.from(buffer.slice(at, at + bytes)).toString('hex'))])
}

test('rows that a filter chose are named, not copied, with the number of those that have no value', () => {
  const some = pick(batch, rows)
  const at = Every.fields.findIndex(({ name }) => name === 'wholeOrNull')
  const [part, whole] = [partOf(some, at), partOf(batch, at)]
  expect([part.length, part.nullCount, part.rows, part.values]).toEqual([8, 4, rows, whole.values])
  some.toArray()
  expect(partOf(some, at).rows).toBeUndefined()
})

test('packed they are what their copy is, before and after others, of every kind', () => {
  const copy = Batch.of(Every, pick(batch, rows).toArray())
  const last = Int32Array.of(7, 0, 1)
  const given = [batch, pick(batch, rows), pick(pick(batch, rows), last), batch]
  const copied = [batch, copy, Batch.of(Every, pick(copy, last).toArray()), batch]
  expect(packed(Every, given)).toEqual(packed(Every, copied))
})

test('nested columns are copied', () => {
  const some = () =>
    pick(
      orderBatch(),
      Int32Array.from({ length: 20 }, (_, i) => 2 * i),
    )
  expect(packed(Order, [some()])).toEqual(packed(Order, [Batch.of(Order, some().toArray())]))
})
