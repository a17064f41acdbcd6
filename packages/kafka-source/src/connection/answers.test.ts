import { expect, it } from 'vitest'
import { parse } from '../../test/parse.ts'
import { answers, whole } from './answers.ts'
import { look, type Parser } from './byte-feed.ts'
import { WireWriter } from './wire.ts'

const frame = (correlation: number, body: string) =>
  new WireWriter()
    .int32(4 + body.length)
    .int32(correlation)
    .bytes(Buffer.from(body))
    .end()

/** The numbers and bodies of answers, each read by `body`. */
function read(bytes: Buffer, piece: number, body: (bytes: number) => Parser<Buffer> = whole): [number, string][] {
  const found: [number, string][] = []
  const bodyOf = (correlation: number) =>
    function* (size: number): Parser<void> {
      found.push([correlation, (yield* body(size)).toString()])
    }
  try {
    parse(answers(bodyOf), bytes, piece)
  } catch (error) {
    if (!/needs more/.test((error as Error).message)) throw error
  }
  return found
}

it.each([1, 3, 1000])('reads answers one after the other, fed %i bytes at a time', (piece) => {
  expect(read(Buffer.concat([frame(7, 'one'), frame(8, ''), frame(9, 'three')]), piece)).toEqual([
    [7, 'one'],
    [8, ''],
    [9, 'three'],
  ])
})

it('passes over what a newer broker adds, and refuses an answer that is cut off', () => {
  function* two(): Parser<Buffer> {
    return Buffer.from(yield look(2))
  }
  expect(read(Buffer.concat([frame(1, 'abcdef'), frame(2, 'gh')]), 5, two)).toEqual([
    [1, 'ab'],
    [2, 'gh'],
  ])
  expect(() => read(Buffer.concat([frame(1, 'a'), frame(2, 'gh')]), 5, two)).toThrow(/cut off/)
})

it('refuses lengths that no broker sends, before any memory is taken for them', () => {
  expect(() => read(Buffer.from('HTTP/1.1 400 Bad Request'), 100)).toThrow(/none of a Kafka broker/)
  expect(() => read(new WireWriter().int32(3).int32(0).end(), 100)).toThrow(/3 bytes/)
})
