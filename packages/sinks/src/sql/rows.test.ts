import { Batch, defineSchema, instant, json } from '@tickets/core'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { readersOf, refuse } from './rows.ts'

const Row = defineSchema(z.object({ at: instant(), note: z.string().optional(), any: json() }), { name: 'row', time: 'at' })
const at = new Date(0)

test('an absent value is NULL, and null in a column of JSON that may not be null is a value', () => {
  const batch = Batch.of(Row, [
    { at, any: null },
    { at, note: 'x', any: 1 },
  ])
  const [, note, any] = readersOf(batch, ({ name }, i) => `${i} ${name}`)
  expect([note?.encoder, any?.encoder]).toEqual(['1 note', '2 any'])
  expect([note?.read(0), note?.read(1)]).toEqual([null, 'x'])
  expect([JSON.stringify(any?.read(0)), any?.read(1)]).toEqual(['null', 1])
  expect(any?.read(0)).not.toBeNull()
})

test('a value that no column holds is refused by the name of its column', () => {
  expect(() => refuse('n', '7', 'which is odd')).toThrowError(
    expect.objectContaining({ code: 'ENCODER_FAILED', message: 'column "n" holds 7, which is odd: filter or replace it with mapRows' }),
  )
})
