import { keep, look, type Parser } from './byte-feed.ts'

/** The largest answer that is read. Whatever names a larger one is no broker: a web server's "HTTP" is more than a gigabyte. */
const MAX_ANSWER_BYTES = 1 << 30

/** What reads the body of one answer. */
export type Body = (bytes: number) => Parser<unknown>

/** Reads answers for ever. `bodyOf` returns what reads the answer with this number, and throws for one that nothing waits for. */
export function* answers(bodyOf: (correlation: number) => Body): Parser<never> {
  for (;;) {
    const bytes = (yield look(4)).readInt32BE(0)
    if (bytes < 4 || bytes > MAX_ANSWER_BYTES) throw new RangeError(`an answer of ${bytes} bytes is none of a Kafka broker`)
    const body = bodyOf((yield look(4)).readInt32BE(0))
    yield* within(body(bytes - 4), bytes - 4)
  }
}

/** Reads a whole body at once. */
export function* whole(bytes: number): Parser<Buffer> {
  return yield keep(bytes)
}

/** Runs a parser on so many bytes, and passes over those that it leaves. Throws a RangeError if it needs more. */
function* within(parser: Parser<unknown>, bytes: number): Parser<void> {
  let left = bytes
  let step = parser.next()
  while (!step.done) {
    left -= step.value.bytes
    if (left < 0) throw new RangeError('the answer of the broker is cut off')
    step = parser.next(yield step.value)
  }
  if (left > 0) yield keep(left)
}
