import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { internals, type Schema } from '../../batch/batch.ts'
import { dataOf } from '../../batch/data.ts'
import { defineSchema } from '../../schema/define.ts'
import { shown } from '../../schema/fast-decoder/decoders.fixture.ts'
import { type RowPlan, rowPlan } from '../../schema/fast-decoder/rules.ts'
import type { ColumnCut } from '../../store/stores.ts'
import { instant } from '../../values/instant.ts'
import { fastDecoder } from './fast-decoder.ts'
import type { Piece } from './messages.ts'
import { pieceOf as textPiece } from './pieces.fixture.ts'

const Row = defineSchema(z.object({ at: instant(), text: z.string(), kind: z.enum(['x', 'y']).nullable(), size: z.number().optional() }), {
  name: 'row',
  time: 'at',
})
const Timeless = Row as Schema<unknown>
const START = 1.7e12
const row = (i: number, more: object = {}) => ({
  ...{ at: new Date(START + i).toISOString(), text: 'é'.repeat(i % 40), kind: ['x', 'y', null][i % 3], ...(i % 5 ? { size: i / 4 } : {}) },
  ...more,
})

/** The piece begins within its memory, as one that follows another does. */
const pieceOf = (rows: readonly object[], more: Partial<Piece> = {}): Piece =>
  textPiece(
    rows.map((one) => JSON.stringify(one)),
    more,
    7,
  )

const decoder = (time = 0) => fastDecoder({ ...(rowPlan(Timeless) as RowPlan), id: 0, time })

/** What the columns hold, and what this thread makes of the same messages. */
function both(rows: readonly object[], columns: readonly ColumnCut[] | null) {
  const { shared, starts, ends } = pieceOf(rows)
  const offsets = Float64Array.from(rows, (_, i) => i)
  const here = Row.decodeSlices({ bytes: new Uint8Array(shared).slice(), starts, ends, offsets })
  const data = Row.fields.map((field, i) => dataOf(field, rows.length, (columns ?? [])[i] as ColumnCut))
  const metadata = internals.metadata(here.batch) as never
  return [shown({ batch: internals.make(Row, data, rows.length, metadata), rejected: [], unmapped: 0 }), shown(here)]
}

describe('the decoder of the other thread', () => {
  test('gives what this thread gives, in pieces of every length, one after the other', () => {
    const decode = decoder()
    for (const length of [1, 300, 2, 129, 300, 0]) {
      const rows = Array.from({ length }, (_, i) => row(i))
      const [there, here] = both(rows, decode(pieceOf(rows)))
      expect(there).toEqual(here)
    }
  })

  test.each([0, 1, 2])('is unsure of a whole piece where message %s is not surely a row', (at) => {
    const rows = [0, 1, 2].map((i) => row(i, i === at ? { text: 7 } : {}))
    const decode = decoder()
    expect(decode(pieceOf(rows))).toBeNull()
    const [there, here] = both([row(1)], decode(pieceOf([row(1)])))
    expect(there).toEqual(here)
  })

  test('is unsure of times behind the latest that is allowed, and sure of that one', () => {
    const rows = [0, 5, 1].map((i) => row(i))
    expect(decoder()(pieceOf(rows, { latest: START + 5 }))).not.toBeNull()
    expect(decoder()(pieceOf(rows, { latest: START + 4 }))).toBeNull()
    expect(decoder(-1)(pieceOf(rows, { latest: START + 4 }))).not.toBeNull()
  })

  test("is unsure of times too far behind their message's, where that has one", () => {
    const rows = [0, 100, 0].map((i) => row(i))
    const timestamps = Float64Array.of(START, START, Number.NaN)
    expect(decoder()(pieceOf(rows, { timestamps, maxFuture: 100 }))).not.toBeNull()
    expect(decoder()(pieceOf(rows, { timestamps, maxFuture: 99 }))).toBeNull()
    expect(decoder()(pieceOf(rows, { timestamps: Float64Array.of(START, Number.NaN, Number.NaN), maxFuture: 99 }))).not.toBeNull()
    expect(decoder(-1)(pieceOf(rows, { timestamps, maxFuture: 99 }))).not.toBeNull()
    expect(decoder()(pieceOf(rows, { maxFuture: 99 }))).not.toBeNull()
  })
})
