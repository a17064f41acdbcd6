import { expect, test } from 'vitest'
import * as z from 'zod'
import { defineSchema } from '../schema/define.ts'
import { instant } from '../values/instant.ts'
import { WriterGuard } from './writer-guard.ts'

const schema = defineSchema(z.object({ id: z.string(), at: instant() }), { name: 'row', version: 1, time: 'at' })
const other = defineSchema(z.object({ id: z.int(), at: instant() }), { name: 'row', version: 1, time: 'at' })

test('batches of the schema pass until the writer is closed', () => {
  const guard = new WriterGuard({ flow: 'all', target: 'memory:x', schema })
  expect(() => guard.check({ schema })).not.toThrow()
  expect([guard.close(), guard.close(), guard.closed]).toEqual([true, false, true])
  expect(() => guard.check({ schema })).toThrowError(expect.objectContaining({ code: 'SINK_FAILED', message: expect.stringContaining('memory:x') }))
})

test('a batch of another schema is refused, naming flow and column', () => {
  const guard = new WriterGuard({ flow: 'all', target: 'memory:x', schema })
  const message = expect.stringMatching(/flow "all".*"id integer" instead of "id string"/)
  expect(() => guard.check({ schema: other })).toThrowError(expect.objectContaining({ code: 'SCHEMA_MISMATCH', message }))
})
