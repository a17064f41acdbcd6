import { expect, it } from 'vitest'
import { ByteFeed, keep, look, type Parser } from './byte-feed.ts'

/** Feeds `bytes` in pieces of these sizes, in turns. Returns how much room there was each time. */
function feed(parser: Parser<never>, bytes: Buffer, sizes: readonly number[]): number[] {
  const fed = new ByteFeed(parser)
  const rooms: number[] = []
  for (let at = 0, i = 0; at < bytes.length; i++) {
    rooms.push(fed.room.length)
    const given = bytes.copy(fed.room, 0, at, Math.min(bytes.length, at + (sizes[i % sizes.length] as number)))
    at += given
    fed.filled(given)
  }
  return rooms
}

const numbered = (length: number) => Buffer.from(Uint8Array.from({ length }, (_, i) => i * 7 + (i >> 8)))

it.each([[[1]], [[3, 5]], [[64 * 1024]], [[100_000, 1, 2]]])('gives the same bytes however they arrive: pieces of %j', (sizes) => {
  const bytes = numbered(400_000)
  const got: Buffer[] = []
  function* parser(): Parser<never> {
    for (let at = 0; ; ) {
      for (const size of [4, 0, 70_000, 11]) {
        const given = yield size === 70_000 ? keep(size) : look(size)
        expect(given.length).toBe(size)
        got.push(Buffer.from(given))
        at += size
        if (at + 70_015 > bytes.length) for (;;) yield look(bytes.length)
      }
    }
  }
  feed(parser(), bytes, sizes)
  const whole = Buffer.concat(got)
  expect(whole.length).toBeGreaterThan(300_000)
  expect(whole.equals(bytes.subarray(0, whole.length))).toBe(true)
})

it('lets the socket write what is kept where it stays, and gives it memory that nothing shares', () => {
  const kept: Buffer[] = []
  function* parser(): Parser<never> {
    for (;;) kept.push(yield keep(100_000))
  }
  const bytes = numbered(200_000)
  const rooms = feed(parser(), bytes, [10, 50_000, 49_990, 100_000])
  // The second half is asked for before a byte of it is there.
  expect(rooms.slice(1)).toEqual([99_990, 49_990, 100_000])
  expect(kept.map(({ buffer }) => buffer.byteLength)).toEqual([100_000, 100_000])
  expect(Buffer.concat(kept).equals(bytes)).toBe(true)
})

it('copies what arrived together with what is looked at, at most one read of it', () => {
  const kept: Buffer[] = []
  function* parser(): Parser<never> {
    for (;;) {
      yield look(4)
      kept.push(yield keep(1000))
    }
  }
  feed(parser(), numbered(2 * 1004), [700])
  expect(
    kept.map((bytes) =>
      bytes.equals(
        numbered(2008)
          .subarray(4 + 1004 * kept.indexOf(bytes))
          .subarray(0, 1000),
      ),
    ),
  ).toEqual([true, true])
})

it('has room for more than one read where a parser wants to look at more', () => {
  let seen = 0
  function* parser(): Parser<never> {
    yield look(3)
    for (;;) seen += (yield look(150_000)).length
  }
  feed(parser(), numbered(300_003), [65_536])
  expect(seen).toBe(300_000)
})

it('throws what the parser throws', () => {
  function* parser(): Parser<never> {
    yield look(1)
    throw new RangeError('wrong')
  }
  expect(() => feed(parser(), Buffer.from([1]), [1])).toThrow('wrong')
})
