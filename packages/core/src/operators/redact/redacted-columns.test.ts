import type { Data } from 'apache-arrow'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { Batch, internals } from '../../batch/batch.ts'
import { defineSchema } from '../../schema/define.ts'
import { instant } from '../../values/instant.ts'
import type { Plan } from './locate-fields.ts'
import { type Found, redactedColumns } from './redacted-columns.ts'

const Row = defineSchema(
  z.object({
    at: instant(),
    outer: z.object({ inner: z.object({ text: z.string().nullable() }).nullable(), other: z.int() }).nullable(),
    list: z.array(z.object({ text: z.string() }).nullable()),
  }),
  { name: 'row', time: 'at' },
)
const at = new Date(0)
const batch = Batch.of(Row, [
  { at, outer: { inner: { text: 'a' }, other: 1 }, list: [{ text: 'x' }, null, { text: 'y' }] },
  { at, outer: { inner: { text: null }, other: 2 }, list: [] },
  { at, outer: { inner: null, other: 3 }, list: [{ text: 'z' }] },
  { at, outer: null, list: [null] },
])
const columns = internals.columns(batch)
const plan = new Map<string, Plan | null>([
  ['outer', new Map([['inner', new Map([['text', null]])]])],
  ['list', new Map([['text', null]])],
])

test('a reader sees a value where it and every object around it is there', () => {
  const found: Record<string, boolean[]> = {}
  redactedColumns(Row.fields, columns, Row.fields, plan, ({ path, data, isPresent }: Found) => {
    found[path] = Array.from({ length: data.length }, (_, i) => isPresent(i))
    return data
  })
  expect(found).toEqual({ 'outer.inner.text': [true, false, false, false], 'list.text': [true, false, true, true, false] })
})

test('columns beside the replaced ones are shared, and rows read as before', () => {
  const made = redactedColumns(Row.fields, columns, Row.fields, plan, ({ data }) => data)
  expect(made[0]).toBe(columns[0])
  expect(made[1]?.children[1]).toBe(columns[1]?.children[1])
  expect(internals.make(Row, made, batch.length).toArray()).toEqual(batch.toArray())
})

test('a dropped column is not among the others', () => {
  const made: Data[] = redactedColumns(Row.fields, columns, Row.fields, new Map([['outer', null]]), null)
  expect(made).toEqual([columns[0], columns[2]])
})
