import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { instant } from '../../values/instant.ts'
import { defineSchema } from '../define.ts'
import { shown } from '../fast-decoder/decoders.fixture.ts'
import { kernelDecoder } from './kernel-decoder.ts'
import { packMessages } from './pack-messages.ts'
import { pieceOf, planOf } from './piece.fixture.ts'
import { pieceBatch } from './piece-batch.ts'
import { twinDecoder } from './twin-decoder.ts'

const Row = defineSchema(z.object({ at: instant(), text: z.string(), kind: z.enum(['x', 'y']).nullable(), size: z.number().optional() }), {
  name: 'row',
  time: 'at',
})
const START = 1.7e12
const row = (i: number, more: object = {}) =>
  JSON.stringify({
    ...{ at: new Date(START + i).toISOString(), text: 'é'.repeat(i % 40), kind: ['x', 'y', null][i % 3], ...(i % 5 ? { size: i / 4 } : {}) },
    ...more,
  })
const rowsOf = (length: number) => Array.from({ length }, (_, i) => row(i))

describe.each([
  ['twin', (time: number) => twinDecoder(planOf(Row), time)],
  ['kernel', (time: number) => kernelDecoder(planOf(Row), time) ?? expect.fail('no kernel')],
])('the %s', (_, decoderOf) => {
  test('gives what the schema gives, in pieces of every length, one after the other', () => {
    const decode = decoderOf(0)
    for (const length of [1, 300, 2, 129, 5000, 300, 0]) {
      const piece = pieceOf(rowsOf(length))
      const offsets = Float64Array.from({ length }, (_, i) => i * 2)
      const there = pieceBatch(Row, decode(piece), offsets, packMessages(piece, new Int32Array(0)), {})
      const { bytes, starts, ends } = piece
      expect(shown(there)).toEqual(shown(Row.decodeSlices({ bytes, starts, ends, offsets })))
    }
  })

  test.each([0, 1, 2])('names message %i, which is not surely a row, and gives the others', (at) => {
    const rows = [0, 1, 2].map((i) => row(i, i === at ? { text: 7 } : {}))
    const decode = decoderOf(0)
    const { rows: count, odd, columns } = decode(pieceOf(rows))
    expect([count, [...odd], columns[0]?.values]).toEqual([
      2,
      [at],
      BigInt64Array.from(
        [0, 1, 2].filter((i) => i !== at),
        (i) => BigInt(START + i),
      ),
    ])
    expect(decode(pieceOf(rowsOf(1))).rows).toBe(1)
  })

  test('names a tombstone and an empty message', () => {
    expect([...decoderOf(0)(pieceOf([row(0), null, '', row(1)])).odd]).toEqual([1, 2])
  })

  const oddOf = (time: number, rows: readonly string[], more: object) => [...decoderOf(time)(pieceOf(rows, more)).odd]

  test('is unsure of times behind the latest that is allowed, and sure of that one', () => {
    const rows = [0, 5, 1].map((i) => row(i))
    expect(oddOf(0, rows, { latest: START + 5 })).toEqual([])
    expect(oddOf(0, rows, { latest: START + 4 })).toEqual([1])
    expect(oddOf(-1, rows, { latest: START + 4 })).toEqual([])
  })

  test("is unsure of times too far behind their message's, where that has one", () => {
    const rows = [0, 100, 0].map((i) => row(i))
    const timestamps = Float64Array.of(START, START, Number.NaN)
    expect(oddOf(0, rows, { timestamps, maxFuture: 100 })).toEqual([])
    expect(oddOf(0, rows, { timestamps, maxFuture: 99 })).toEqual([1])
    expect(oddOf(0, rows, { timestamps: Float64Array.of(START, Number.NaN, Number.NaN), maxFuture: 99 })).toEqual([])
    expect(oddOf(-1, rows, { timestamps, maxFuture: 99 })).toEqual([])
    expect(oddOf(0, rows, { maxFuture: 99 })).toEqual([])
  })
})
