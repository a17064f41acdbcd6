import { expect, it } from 'vitest'
import { deadLetters, rejectedError } from './dead-letter.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

it('keeps where a message was read, why it is invalid, and its text', () => {
  const rows = deadLetters('tickets', 'tickets-3', [{ offset: 7, timestamp: 1000, reason: 'not JSON', key: bytes('k'), value: bytes('{') }]).toArray()
  expect(rows).toEqual([
    {
      topic: 'tickets',
      partition: 'tickets-3',
      position: 7,
      timestamp: new Date(1000),
      reason: 'not JSON',
      key: 'k',
      value: '{',
      encoding: 'utf8',
    },
  ])
})

it('writes key and value as base64 as soon as one of them is not UTF-8', () => {
  const [row] = deadLetters('t', 't-0', [{ offset: 0, reason: 'odd', key: bytes('key'), value: new Uint8Array([0xff, 0xfe]) }]).toArray()
  expect(row).toMatchObject({ key: btoa('key'), value: '//4=', encoding: 'base64', timestamp: null })
})

it('keeps a tombstone as null', () => {
  const [row] = deadLetters('t', 't-0', [{ offset: 0, reason: 'empty', value: null }]).toArray()
  expect(row).toMatchObject({ key: null, value: null, encoding: 'utf8' })
})

it('names the partition, the offset and the way out where there is no place for it', () => {
  const error = rejectedError('t-0', 'ticket', { offset: 9, reason: 'not JSON', value: null })
  expect(error).toMatchObject({ code: 'REJECTED_MESSAGE', retryable: false })
  expect(error.message).toContain('t-0 has a message at 9')
  expect(error.message).toContain('deadLetters')
})
