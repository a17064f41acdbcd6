import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { column } from '../../batch/batch.ts'
import { areValidTexts } from '../../store/valid-texts.ts'
import { instant } from '../../values/instant.ts'
import { defineSchema } from '../define.ts'
import { shown, slicesOf } from '../fast-decoder/decoders.fixture.ts'
import { packMessages } from './pack-messages.ts'
import { planOf } from './piece.fixture.ts'
import { pieceBatch } from './piece-batch.ts'
import { twinDecoder } from './twin-decoder.ts'

const Row = defineSchema(z.object({ at: instant(), text: z.string().nullable(), list: z.array(z.string()).optional() }), { name: 'row', time: 'at' })
const encoder = new TextEncoder()
const at = '"at":"2026-01-01T00:00:00Z"'
/** Rows for sure, rows for zod alone, and no rows. */
const kinds = [`{${at},"text":null}`, `{${at},"te\\u0078t":"b","list":["b"]}`, `{${at},"text":"a","list":["x","y"]}`, '{}', null, '{"']
const messages = kinds.map((kind) => kind && encoder.encode(kind))

test('the rows of odd messages stand in their places, and what is rejected keeps its position, key and time', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(kinds.length - 1), { maxLength: 12 }), (picked) => {
      const slices = slicesOf(picked.map((kind) => messages[kind] as Uint8Array | null))
      const { bytes, starts, ends, timestamps = null } = slices
      const piece = twinDecoder(planOf(Row), 0)({ bytes, starts, ends, timestamps, maxFuture: 1e13, latest: Infinity })
      expect(piece.odd.length).toBe(picked.filter((kind) => kind !== 0 && kind !== 2).length)
      const [made, expected] = [
        pieceBatch(Row, piece, slices.offsets, { ...slices, ...packMessages(slices, piece.odd) }, { maxFuture: 1e13 }),
        Row.decodeSlices(slices, { maxFuture: 1e13 }),
      ]
      expect(shown(made)).toEqual(shown(expected))
      expect(made.batch.toArray()).toEqual(expected.batch.toArray())
      expect(made.rejected).toEqual(expected.rejected)
    }),
  )
})

test('texts of a piece are known to be valid UTF-8: a message with others is odd', () => {
  const broken = encoder.encode(`{${at},"text":"ab"}`)
  broken[broken.indexOf(0x62, 30)] = 0xff
  const slices = slicesOf([messages[2] as Uint8Array, broken])
  const { bytes, starts, ends, timestamps = null } = slices
  const piece = twinDecoder(planOf(Row), 0)({ bytes, starts, ends, timestamps, maxFuture: 1e13, latest: Infinity })
  expect([...piece.odd]).toEqual([1])
  const { batch, rejected } = pieceBatch(Row, piece, slices.offsets, { ...slices, ...packMessages(slices, piece.odd) }, { maxFuture: 1e13 })
  expect(rejected).toHaveLength(1)
  const [text, list] = ['text', 'list'].map((name) => column(batch, name))
  expect([text?.values, list?.children[0]?.values].map((values) => areValidTexts(values))).toEqual([true, true])
})
