import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { instant } from '../../base/instant.ts'
import { Batch, internals } from '../../batch/batch.ts'
import { dataOf } from '../../batch/builder.ts'
import { defineSchema } from '../../schema/define.ts'
import { fastDecoder } from './fast-decoder.ts'
import type { DecodeAnswer } from './messages.ts'
import { pieceOf, threadPlan } from './pieces.fixture.ts'

const Row = defineSchema(
  z.object({
    at: instant(),
    text: z.string(),
    kind: z.enum(['x', 'y']),
    size: z.number().nullable(),
    maybe: z.string().optional(),
    flag: z.boolean(),
  }),
  { name: 'row', time: 'at' },
)
const row = (second: number, more: object = {}) =>
  JSON.stringify({ at: new Date(second * 1000).toISOString(), text: `é ${second}`, kind: 'y', size: 1.5, flag: second % 2 === 0, ...more })

/** The rows of an answer, as the thread that asked makes a batch of them. */
const rowsOf = (columns: DecodeAnswer['columns'], length: number) =>
  columns &&
  internals
    .make(
      Row,
      Row.fields.map((field, i) => dataOf(field, length, columns[i] as never)),
      length,
    )
    .toArray()

/** Decodes as `Row` itself does. */
const expected = (messages: readonly string[]) =>
  Row.decode(messages.map((message, offset) => ({ value: new TextEncoder().encode(message), offset }))).batch.toArray()

const decoder = () => fastDecoder(threadPlan(Row))

test('gives the columns of all messages, wherever values are missing', () => {
  const messages = [row(1), row(2, { size: null }), row(3, { maybe: 'm' }), row(4, { text: '' })]
  expect(rowsOf(decoder()(pieceOf(messages)), 4)).toEqual(expected(messages))
})

test('gives no columns as soon as one message is not surely a row', () => {
  for (const bad of ['{}', 'no JSON', row(1, { kind: 'z' }), row(1, { at: 'yesterday' })]) {
    expect(decoder()(pieceOf([row(1), bad, row(2)]))).toBeNull()
  }
})

test('starts each piece anew: neither the last one, nor one that it gave up, leaves anything behind', () => {
  const decode = decoder()
  const first = decode(pieceOf([row(1, { maybe: 'first' }), row(2, { size: null })]))
  expect(decode(pieceOf([row(3, { maybe: 'given up', size: null }), row(4, { maybe: 'long'.repeat(100) }), '{}']))).toBeNull()
  const messages = [row(5), row(6), row(7, { size: null })]
  expect(rowsOf(decode(pieceOf(messages)), 3)).toEqual(expected(messages))
  // What was answered is not written to again.
  expect(rowsOf(first, 2)).toEqual(expected([row(1, { maybe: 'first' }), row(2, { size: null })]))
})

test('decodes a piece of any size, whatever the one before it had', () => {
  const decode = decoder()
  for (const count of [1, 10_000, 3]) {
    const messages = Array.from({ length: count }, (_, i) => row(i))
    expect(rowsOf(decode(pieceOf(messages)), count)).toEqual(expected(messages))
  }
})

test('decodes no messages to no rows', () => {
  expect(rowsOf(decoder()(pieceOf([])), 0)).toEqual(Batch.of(Row, []).toArray())
})

describe('a row whose time is absurd is left to the other thread', () => {
  const piece = (more: object) => decoder()(pieceOf([row(1), row(100)], more))

  test('where it is after the latest time allowed', () => {
    expect(piece({ latest: 100_000 })).not.toBeNull()
    expect(piece({ latest: 99_999 })).toBeNull()
  })

  test('where it is too far after the time of its message', () => {
    const timestamps = Float64Array.of(1000, 90_000)
    expect(piece({ timestamps, maxFuture: 10_000 })).not.toBeNull()
    expect(piece({ timestamps, maxFuture: 9_999 })).toBeNull()
  })

  test('and not where its message has no time', () => {
    expect(piece({ timestamps: Float64Array.of(Number.NaN, Number.NaN), maxFuture: 0 })).not.toBeNull()
  })
})

test('decodes rows that have no event time', () => {
  const plan = { ...threadPlan(Row), time: -1 }
  expect(fastDecoder(plan)(pieceOf([row(100)], { latest: 0 }))).not.toBeNull()
})
