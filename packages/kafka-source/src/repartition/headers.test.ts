import fc from 'fast-check'
import { expect, it } from 'vitest'
import { HeaderReader, MARKER_HEADER, markerOf, UPSTREAM_HEADER, upstreamText } from './headers.ts'

const zigzag = (value: number): number[] => {
  const bytes: number[] = []
  let left = value < 0 ? -2 * value - 1 : 2 * value
  do {
    bytes.push((left % 128) + (left >= 128 ? 128 : 0))
    left = Math.floor(left / 128)
  } while (left > 0)
  return bytes
}

/** Headers as a record holds them. */
const encoded = (headers: readonly (readonly [string, string | null])[]) => [
  ...zigzag(headers.length),
  ...headers.flatMap(([name, value]) => [
    ...zigzag(Buffer.byteLength(name)),
    ...Buffer.from(name),
    ...(value === null ? zigzag(-1) : [...zigzag(Buffer.byteLength(value)), ...Buffer.from(value)]),
  ]),
]

const header = fc
  .tuple(fc.string({ maxLength: 12 }), fc.option(fc.string({ maxLength: 200 }), { nil: null }))
  .filter(([name]) => ![UPSTREAM_HEADER, MARKER_HEADER].includes(name))

it('reads what a message says of its sender, during other headers, in any order of senders', () => {
  const message = fc.record({
    log: fc.constantFrom('1a2b3c4d', '99999999'),
    task: fc.constantFrom('in-0', 'in-1', 'a@b/c-12', 'ünï-3'),
    watermark: fc.oneof(fc.integer({ min: -8.64e15, max: 8.64e15 }), fc.constant(Number.NEGATIVE_INFINITY)),
    mark: fc.option(fc.constant('{"state":"idle","tasks":["in-0"]}'), { nil: null }),
    others: fc.array(header, { maxLength: 3 }),
  })
  fc.assert(
    fc.property(fc.array(message, { minLength: 1, maxLength: 6 }), (messages) => {
      const parts = messages.map(({ log, task, watermark, mark, others }) =>
        encoded([
          ...others,
          [UPSTREAM_HEADER, upstreamText(log, task, watermark)],
          ...(mark === null ? [] : ([[MARKER_HEADER, mark]] as const)),
          ...others,
        ]),
      )
      const bytes = Uint8Array.from([7, 7, ...parts.flat(), 7])
      const reader = new HeaderReader(bytes)
      let at = 2
      for (const [i, { log, task, watermark, mark }] of messages.entries()) {
        const end = at + (parts[i]?.length ?? 0)
        expect(reader.read(at, end)).toBe(true)
        expect([reader.log, reader.task, reader.watermark, reader.marker]).toEqual([log, task, watermark, mark])
        at = end
      }
    }),
  )
})

it('says so where the sender is missing or no sender, and reads nothing beyond the message', () => {
  const of = (...headers: (readonly [string, string | null])[]) => {
    const bytes = Uint8Array.from(encoded(headers))
    return new HeaderReader(bytes).read(0, bytes.length)
  }
  expect(of()).toBe(false)
  expect(of(['other', 'x'])).toBe(false)
  for (const wrong of ['', 'in-0', 'log/in-0', 'in-0@5', '/in-0@5', 'log/in-0@5x', 'log/in-0@5-'])
    expect(of([UPSTREAM_HEADER, wrong]), wrong).toBe(false)
  expect(of([UPSTREAM_HEADER, null])).toBe(false)
  expect(of([UPSTREAM_HEADER, 'log/in-0@5'])).toBe(true)
  const bytes = Uint8Array.from(encoded([[UPSTREAM_HEADER, 'log/in-0@5']]))
  expect(new HeaderReader(bytes).read(0, bytes.length - 1)).toBe(false)
})

it('a task at the end of a bounded run is waited for, unless it never had a row', () => {
  const at = (state: 'running' | 'idle' | 'done' | 'ended', watermark: number) => markerOf({ state, watermark, tasks: ['a'] }).state
  expect(at('running', 1)).toBe('running')
  expect(at('idle', 1)).toBe('idle')
  expect(at('ended', 1)).toBe('ended')
  expect(at('done', 1)).toBe('running')
  expect(at('done', Number.NEGATIVE_INFINITY)).toBe('idle')
})
