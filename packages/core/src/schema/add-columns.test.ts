import { expect, test } from 'vitest'
import * as z from 'zod'
import { Batch, internals } from '../batch/batch.ts'
import { instant } from '../values/instant.ts'
import { addColumn, addColumns, addFound } from './add-columns.ts'
import { defineSchema } from './define.ts'

const Row = defineSchema(z.object({ id: z.string(), n: z.int(), at: instant() }), { name: 'row', time: 'at' })
const batch = Batch.of(Row, [{ id: 'a', n: 1, at: new Date(0) }])
const other = Batch.of(Row, [{ id: 'b', n: 2, at: new Date(0) }])

test('replaces columns by name, and shares the others', () => {
  const [id] = internals.columns(other)
  if (!id) throw new Error('a batch has columns')
  const made = addColumn(batch, Row, 'id', id)
  expect(made.toArray()).toEqual([{ id: 'b', n: 1, at: new Date(0) }])
  expect(internals.sources(made)[1]).toBe(internals.sources(batch)[1])
  expect(addColumns(batch, Row, new Map()).toArray()).toEqual(batch.toArray())
})

test('takes the values of rows that were found, and null where there was none', () => {
  const Found = Row.extend('row_with_plan', { plan: z.string().nullable() })
  const two = Batch.of(
    Row,
    [1, 2].map((n) => ({ id: String(n), n, at: new Date(0) })),
  )
  expect(
    addFound(two, Found, ['plan'], [{ plan: 'gold', more: 1 }, undefined], ['id'])
      .toArray()
      .map(({ plan }) => plan),
  ).toEqual(['gold', null])
})
