import { expect, test } from 'vitest'
import * as z from 'zod'
import { defineSchema } from '../../schema/define.ts'
import { instant } from '../../values/instant.ts'
import { checkLookup, joinKey, requireScope } from './lookup.ts'

const Row = defineSchema(z.object({ id: z.string(), tags: z.array(z.string()), at: instant() }), { name: 'row', time: 'at' })

test('single values are looked up, instants by their time, and null matches nothing', () => {
  expect([joinKey('a'), joinKey(1), joinKey(false), joinKey(new Date(5)), joinKey(null), joinKey(undefined)]).toEqual(['a', 1, false, 5, null, null])
})

test('other columns are refused', () => {
  expect(() => checkLookup(Row, 'id')).not.toThrow()
  expect(() => checkLookup(Row, 'tags')).toThrow('a join looks up single values, "tags" is of kind list')
  expect(() => checkLookup(Row, 'it')).toThrow('row has no column "it" to join on; it has id, tags, at')
})

test('a join that reads another source says how to test it', () => {
  expect(() => requireScope(null, 'joinTable')).toThrow(
    expect.objectContaining({ code: 'OPERATOR_SCOPE', message: expect.stringContaining('Harness') }),
  )
})
