import { Batch, defineSchema, instant } from '@tickets/core'
import { expect, test } from 'vitest'
import * as z from 'zod'

import type { Opened, Rows } from '../formats/format.ts'
import { isRevised, keyColumns, Revisions } from './revisions.ts'

const schema = defineSchema(z.object({ at: instant(), key: z.string(), revision: z.int32() }), { name: 'window', version: 1, time: 'at' })
const batch = (...rows: [key: string, revision: number][]) =>
  Batch.of(
    schema,
    rows.map(([key, revision]) => ({ at: new Date(0), key, revision })),
  ) as never as Rows
const opened = (rows: Rows): Opened => ({
  rows: rows.length,
  footer: { schema: 'window', version: 1, keys: ['key', 'path', 'revision'], flow: 'all', tasks: {} },
  shape: '',
  fields: schema.fields,
  async *batches() {
    yield rows
  },
  find: () => expect.fail('nobody looks for rows'),
  close() {},
})

test('7.2 rows that a higher revision has replaced go, whatever file it is in', async () => {
  const [first, second] = [batch(['a', 0], ['b', 0], ['c', 2]), batch(['a', 1], ['c', 1])]
  const revisions = new Revisions()
  for (const rows of [first, second]) await revisions.add(opened(rows))
  expect([await revisions.superseded(opened(first)), await revisions.superseded(opened(second))]).toEqual([1, 1])
  const keep = revisions.keep(['key'])
  expect([...(keep(first) ?? [])]).toEqual([1, 2])
  expect(keep(batch(['b', 0]))).toBe(null)
})

test('only files with keys and a revision have something to replace', () => {
  const file = opened(batch(['a', 0]))
  expect(isRevised(file)).toBe(true)
  expect(keyColumns(file)).toEqual(['key'])
  expect(isRevised({ ...file, footer: null })).toBe(false)
  expect(isRevised({ ...file, fields: schema.fields.filter(({ name }) => name !== 'revision') })).toBe(false)
})
