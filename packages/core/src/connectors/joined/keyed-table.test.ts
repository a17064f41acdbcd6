import { expect, test } from 'vitest'
import * as z from 'zod'
import { defineSchema } from '../../schema/define.ts'
import { memorySource } from '../../testing/memory-source.ts'
import { instant } from '../../values/instant.ts'
import { tableOf } from './keyed-table.ts'

const Plan = defineSchema(z.object({ client: z.string(), tags: z.array(z.string()), gone: z.boolean(), since: instant() }), {
  name: 'plan',
  time: 'since',
})
const source = memorySource({ schema: Plan, partitions: [] })

test('is read by partition, and waited for as the pipeline says, by default', () => {
  expect(tableOf(source, { key: 'client' })).toMatchObject({ key: 'client', partitions: 'same', deleted: null, idleTimeout: null })
  expect(tableOf(source, { key: 'client', partitions: 'all', deleted: 'gone', idleTimeout: '1 second' })).toMatchObject({
    partitions: 'all',
    deleted: 'gone',
    idleTimeout: 1000,
  })
})

test.each([
  [{ key: 'tags' }, 'the key of a table is a column with single values of plan, got "tags"'],
  [{ key: 'client', deleted: 'since' }, '`deleted` is a boolean column of plan, got "since"'],
  [{ key: 'client', idleTimeout: 0 }, 'idleTimeout is a duration greater than 0'],
])('refuses %j', (options, message) => {
  expect(() => tableOf(source, options as never)).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(message) }),
  )
})
