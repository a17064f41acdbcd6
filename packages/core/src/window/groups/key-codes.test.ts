import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { Batch, internals } from '../../batch/batch.ts'
import { defineSchema } from '../../schema/define.ts'
import { instant } from '../../values/instant.ts'
import { keyCodesOf } from './key-codes.ts'

const kinds = ['bug', 'idea', 'other'] as const
const Row = defineSchema(
  z.object({
    at: instant(),
    kind: z.enum(kinds).nullable(),
    text: z.string().nullable(),
    sure: z.enum(kinds),
    n: z.number(),
    key_codes_unique: z.string(),
  }),
  { name: 'keyed', time: 'at' },
)
const rows = fc.array(
  fc.record({ kind: fc.constantFrom(...kinds, null), text: fc.constantFrom('', 'a', 'b', '\u0000', null), sure: fc.constantFrom(...kinds) }),
  { maxLength: 20 },
)
const batchOf = (given: readonly { kind: (typeof kinds)[number] | null; text: string | null; sure: (typeof kinds)[number] }[]) =>
  Batch.of(
    Row,
    given.map((row, i) => ({ ...row, at: new Date(0), n: i, key_codes_unique: `${i}` })),
  )

test.each([[[]], [['sure']], [['kind']], [['text']], [['kind', 'text']], [['sure', 'kind', 'text']]])('gives the key of each row back: %j', (by) => {
  fc.assert(
    fc.property(rows, (given) => {
      const keys = keyCodesOf(batchOf(given), by)
      const found = given.map((_, i) => {
        const code = keys?.codes[i] ?? -1
        expect(code).toBeGreaterThanOrEqual(0)
        expect(code).toBeLessThan(keys?.size ?? 0)
        return keys?.valuesOf(code)
      })
      expect(found).toEqual(given.map((row) => by.map((name) => row[name as keyof typeof row])))
    }),
  )
})

test('has no codes for numbers, nor where the combinations are too many', () => {
  const batch = batchOf(Array.from({ length: 300 }, () => ({ kind: null, text: null, sure: 'bug' as const })))
  expect(keyCodesOf(batch, ['n'])).toBeNull()
  expect(keyCodesOf(batch, ['sure', 'n'])).toBeNull()
  expect(keyCodesOf(batch, ['key_codes_unique'])?.size).toBe(301)
  expect(keyCodesOf(batch, ['key_codes_unique', 'key_codes_unique'])).toBeNull()
})

test('reads the codes of a part of a batch from where it begins', () => {
  const batch = batchOf(kinds.map((kind) => ({ kind, text: kind, sure: kind })))
  const part = internals.make(
    Row,
    internals.columns(batch).map((column) => column.slice(1, 2)),
    2,
  )
  for (const by of ['kind', 'text', 'sure']) {
    const keys = keyCodesOf(part, [by])
    expect([0, 1].map((i) => keys?.valuesOf(keys.codes[i] as number))).toEqual([['idea'], ['other']])
  }
})
