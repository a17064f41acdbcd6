import { expect, test } from 'vitest'
import { packMessages } from './pack-messages.ts'

const bytes = new Uint8Array(Buffer.from('abcdefgh'))
const messages = { bytes, starts: Int32Array.of(1, 3, 3, 7), ends: Int32Array.of(3, 2, 3, 8) }

test('messages lie one behind the other in memory of their own, a tombstone and an empty one too', () => {
  const packed = packMessages(messages, Int32Array.of(0, 1, 2, 3))
  expect(packed).toEqual({ bytes: new Uint8Array(Buffer.from('bch')), starts: Int32Array.of(0, 2, 2, 2), ends: Int32Array.of(2, 1, 2, 3) })
  expect(packed.bytes.buffer).not.toBe(bytes.buffer)
})

test('only those that are asked for are copied', () => {
  expect(packMessages(messages, Int32Array.of(3))).toEqual({
    bytes: new Uint8Array(Buffer.from('h')),
    starts: Int32Array.of(0),
    ends: Int32Array.of(1),
  })
  expect(packMessages(messages, new Int32Array(0)).bytes).toHaveLength(0)
})
