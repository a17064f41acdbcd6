import { ByteFeed, type Parser } from '../src/connection/byte-feed.ts'

/** Returns what a parser makes of these bytes, fed `piece` at a time. */
export function parse<R>(parser: Parser<R>, bytes: Buffer, piece = bytes.length): R {
  const results: R[] = []
  function* once(): Parser<never> {
    results.push(yield* parser)
    throw new Error('done')
  }
  try {
    const feed = new ByteFeed(once())
    for (let at = 0; at < bytes.length; ) {
      const given = bytes.copy(feed.room, 0, at, Math.min(at + piece, bytes.length))
      at += given
      feed.filled(given)
    }
  } catch (error) {
    if (results.length === 0) throw error
  }
  if (results.length === 0) throw new RangeError('the parser needs more')
  return results[0] as R
}
