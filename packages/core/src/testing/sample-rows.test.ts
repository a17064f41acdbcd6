import { expect, test } from 'vitest'
import * as z from 'zod'
import { Batch } from '../batch/batch.ts'
import { defineSchema } from '../schema/define.ts'
import { nestedSchemas } from '../schema/fast-decoder/nested-schemas.fixture.ts'
import { instant } from '../values/instant.ts'
import { sampleRows } from './sample-rows.ts'

test('makes rows of any schema, some out of order, repeated, or without an optional value', () => {
  const Every = defineSchema(
    z.object({ at: instant(), text: z.string(), level: z.enum(['a', 'b', 'c']), other: instant().optional(), share: z.number().nullable() }),
    { name: 'every', time: 'at' },
  )
  const rows = sampleRows(Every) as z.output<typeof Every.zod>[]
  expect(rows).toHaveLength(160)
  const times = rows.map(({ at }) => at.getTime())
  expect(times.some((time, i) => i > 0 && time < (times[i - 1] ?? 0))).toBe(true)
  expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBeLessThan(160)
  expect([...new Set(rows.map(({ level }) => level))].sort()).toEqual(['a', 'b', 'c'])
  expect(rows.some(({ other }) => other === undefined) && rows.some(({ share }) => share === null)).toBe(true)
})

test.each(nestedSchemas.map(({ schema }) => [schema.name, schema] as const))('makes rows that columns take: %s', (_, schema) => {
  expect(Batch.of(schema, sampleRows(schema)).toArray()).toHaveLength(160)
})
