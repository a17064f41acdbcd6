import { expect, test } from 'vitest'
import * as z from 'zod'
import { joinMap } from './join-map.ts'

test('a type that can be without a value is refused: the join itself makes its columns nullable', () => {
  const table = new Map<never, object>()
  expect(() => joinMap(table, { on: 'id', columns: { plan: z.string().optional() } })).toThrow(
    'joinTable makes "plan" nullable by itself: give its plain type',
  )
})
