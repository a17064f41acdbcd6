import { expect, test } from 'vitest'
import { type Envelope, inputOfPart, readPart } from './message-parts.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)
const message: Envelope = {
  offset: 7,
  timestamp: 1000,
  partition: 3,
  key: () => utf8('kéy'),
  header: (name) => (name === 'trace' ? utf8('t1') : null),
}
const bare: Envelope = { offset: 0, timestamp: undefined, partition: undefined, key: () => null, header: () => null }

test('parts of a message are values of a row', () => {
  expect(readPart({ of: 'key', as: 'text' }, message)).toEqual({ value: 'kéy' })
  expect(readPart({ of: 'key', as: 'bytes' }, message)).toEqual({ value: utf8('kéy') })
  expect(readPart({ of: 'header', name: 'trace', as: 'text' }, message)).toEqual({ value: 't1' })
  expect(readPart({ of: 'timestamp' }, message)).toEqual({ value: new Date(1000) })
  expect(readPart({ of: 'offset' }, message)).toEqual({ value: 7 })
  expect(readPart({ of: 'partition' }, message)).toEqual({ value: 3 })
})

test('a key and a header that are not there are null, a time and a partition that are not there are issues', () => {
  for (const as of ['text', 'bytes'] as const) {
    expect(readPart({ of: 'key', as }, bare)).toEqual({ value: null })
    expect(readPart({ of: 'header', name: 'trace', as }, bare)).toEqual({ value: null })
  }
  expect(readPart({ of: 'timestamp' }, bare)).toEqual({ issue: 'the message has no timestamp' })
  expect(readPart({ of: 'partition' }, bare)).toEqual({ issue: expect.stringContaining('which partition') })
})

test('a key that is not UTF-8 is an issue as text, and itself as bytes', () => {
  const odd: Envelope = { ...bare, key: () => Uint8Array.of(0xff) }
  expect(readPart({ of: 'key', as: 'text' }, odd)).toEqual({ issue: expect.stringContaining("{ as: 'bytes' }") })
  expect(readPart({ of: 'key', as: 'bytes' }, odd)).toEqual({ value: Uint8Array.of(0xff) })
})

test('bytes are a copy, since what was fetched is used again', () => {
  const buffer = utf8('abc')
  const read = readPart({ of: 'key', as: 'bytes' }, { ...bare, key: () => buffer })
  buffer.fill(0)
  expect(read).toEqual({ value: utf8('abc') })
})

test('a timestamp that ISO text cannot say is an issue', () => {
  for (const timestamp of [-62_167_219_200_001, 253_402_300_800_000, 1e18])
    expect(readPart({ of: 'timestamp' }, { ...bare, timestamp })).toEqual({ issue: expect.stringContaining('in no year') })
  expect(readPart({ of: 'timestamp' }, { ...bare, timestamp: 253_402_300_799_999 })).toEqual({ value: new Date('9999-12-31T23:59:59.999Z') })
})

test('zod takes parts in the form of messages', () => {
  expect([new Date(0), Uint8Array.of(1, 2), 'a', 1, null].map(inputOfPart)).toEqual(['1970-01-01T00:00:00.000Z', 'AQI=', 'a', 1, null])
})
