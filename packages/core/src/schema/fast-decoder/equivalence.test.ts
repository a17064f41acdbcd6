import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as corpus from './corpus.fixture.ts'
import { bytesOf, compare, isFast } from './decoders.fixture.ts'
import { inputSchemas } from './input-schemas.fixture.ts'
import { schemas as plainSchemas } from './schemas.fixture.ts'

/** Set FUZZ to run more of them by hand. */
const CASES = Number(process.env.FUZZ ?? 20_000)

const join = (...parts: (string | Uint8Array)[]) => new Uint8Array(Buffer.concat(parts.map(bytesOf)))

const schemas = [...plainSchemas, ...inputSchemas]

/** Compares many messages a few at a time: rows that are given up stand between rows that are kept. */
function compareAll(
  schema: (typeof schemas)[number]['schema'],
  values: readonly (Uint8Array | null)[],
  after?: string,
): { rows: number; rejected: number } {
  const total = { rows: 0, rejected: 0 }
  for (let i = 0; i < values.length; i += 16) {
    const { batch, rejected } = compare(schema, values.slice(i, i + 16), { maxFuture: 1e13 }, after)
    total.rows += batch.length
    total.rejected += rejected.length
  }
  return total
}

describe.each(schemas.map((each) => [each.schema.name, each] as const))('law 9: %s', (_, { schema, valid, fast }) => {
  const text = JSON.stringify(valid)
  const members = Object.entries(valid).map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)

  test('a valid message is decoded, by the fast path where there is one', () => {
    expect(isFast(schema, text)).toBe(fast)
    expect(compareAll(schema, [bytesOf(text)])).toEqual({ rows: 1, rejected: 0 })
  })

  test('any order of keys, and any white space', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(members, { minLength: members.length }),
        fc.array(fc.constantFrom('', ' ', '\n', '\r\n', '\t', '  \t'), { minLength: 5, maxLength: 5 }),
        (shuffled, gaps) => {
          const [a, b, c, d, e] = gaps as [string, string, string, string, string]
          const spaced = shuffled.map((member) => member.replace(/^("(?:[^"\\]|\\.)*"):/, (_all, key) => `${key}${a}:${b}`))
          const message = `${c}{${d}${spaced.join(`${a},${b}`)}${e}}${c}`
          expect(isFast(schema, message)).toBe(fast)
          compare(schema, [bytesOf(message)])
        },
      ),
      { numRuns: 100 },
    )
    for (const gap of ['\f', '\v', '\u00a0', '\ufeff', '\u2028', '/**/', '\u0000']) {
      compareAll(schema, [
        join(gap, text),
        join(text, gap),
        join(text.replace(':', `${gap}:`)),
        join(text.replace(',', `${gap},`)),
        join(text.replace('{', `{${gap}`)),
      ])
    }
  })

  test('each field with every value of the corpus, absent, and twice', () => {
    for (let f = 0; f < members.length; f++) {
      const key = (members[f] as string).slice(0, JSON.stringify(Object.keys(valid)[f]).length)
      const others = (member: string[]) => bytesOf(`{${[...members.slice(0, f), ...member, ...members.slice(f + 1)].join(',')}}`)
      compareAll(schema, [
        others([]),
        others([members[f] as string, members[f] as string]),
        // One more of another, so that the count of members is right.
        ...members.map((member) => others([member])),
        // The name as it is, where JSON would have to escape it.
        others([`"${Object.keys(valid)[f]}"${(members[f] as string).slice(key.length)}`]),
        others([`${key}:null`, members[f] as string]),
        others([members[f] as string, `${key}:null`]),
        ...corpus.values.map((value) => others([`${key}:${value}`])),
      ])
    }
  })

  test('unknown, escaped and odd keys, in every place', () => {
    const places = [0, 1, members.length]
    compareAll(
      schema,
      corpus.members.flatMap((member) => places.map((at) => bytesOf(`{${[...members.slice(0, at), member, ...members.slice(at)].join(',')}}`))),
    )
  })

  test('whole messages that are odd', () => {
    compareAll(schema, corpus.messages)
  })

  test('cut off at every byte, and each byte followed by another', () => {
    const whole = bytesOf(text)
    for (const after of ['"', '}', '0', ' ', '"}', '\u00e9'])
      compareAll(
        schema,
        [...whole].map((_byte, i) => whole.slice(0, i)),
        after,
      )
    compareAll(
      schema,
      ['}', '"', ',', ' ', '{}', 'x'].map((more) => join(whole, more)),
    )
  })

  test('raw bytes that are no UTF-8, in every string and key', () => {
    const whole = bytesOf(text)
    const quotes = [...whole].flatMap((byte, i) => (byte === 0x22 ? [i] : []))
    compareAll(
      schema,
      quotes.flatMap((at) =>
        corpus.rawBytes.flatMap((raw) => [join(whole.slice(0, at + 1), raw, whole.slice(at + 1)), join(whole.slice(0, at), raw, whole.slice(at))]),
      ),
    )
  })

  test('generated values, as JSON writes them', () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.double({ noNaN: true }),
      fc.integer(),
      fc.maxSafeInteger(),
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      fc.uuid(),
      fc.stringMatching(/^[A-Z]{2}-\d\d\w{3}$/),
      fc.constantFrom(...Object.values(valid)),
    )
    fc.assert(
      fc.property(
        fc.record(
          Object.fromEntries(
            Object.keys(valid).map((key) => [key, fc.oneof({ weight: 6, arbitrary: fc.constant(valid[key]) }, { weight: 1, arbitrary: value })]),
          ),
          { requiredKeys: [] },
        ),
        (row) => {
          compare(schema, [bytesOf(JSON.stringify(row))])
        },
      ),
      { numRuns: 1000 },
    )
  })

  test(`mutations of a valid message, ${CASES} over all schemas`, () => {
    const whole = bytesOf(text)
    let state = 0x2545f491
    const random = (below: number) => {
      state ^= state << 13
      state ^= state >>> 17
      state ^= state << 5
      return (state >>> 0) % below
    }
    const likely = bytesOf('"\\{}[],: \n0123456789-+.eETZtfnulabCé€😱\u0000\u001f\u007f')
    const byte = () => (random(3) ? (likely[random(likely.length)] as number) : random(256))
    const mutate = () => {
      const out = [...whole]
      for (let n = 1 + random(3); n > 0; n--) {
        const at = random(out.length + 1)
        const kind = random(4)
        if (kind === 0) out[Math.min(at, out.length - 1)] = byte()
        else if (kind === 1) out.splice(at, 0, byte())
        else if (kind === 2) out.splice(at, 1 + random(3))
        else out.splice(at, 0, ...out.slice(random(out.length), random(out.length + 1)))
      }
      return Uint8Array.from(out)
    }
    const { rows, rejected } = compareAll(schema, Array.from({ length: Math.ceil(CASES / schemas.length) }, mutate))
    // Both verdicts are met, or the test says nothing.
    expect(rows).toBeGreaterThan(0)
    expect(rejected).toBeGreaterThan(0)
  })
})
