import { expect, test } from 'vitest'
import * as z from 'zod'
import { Batch } from '../batch/batch.ts'
import { instant } from '../values/instant.ts'
import { decodeMessages } from './decode.ts'
import { defineSchema } from './define.ts'

// Names that every object inherits from Object.prototype.
const Odd = defineSchema(
  z.object({ at: instant(), constructor: z.string().optional(), toString: z.string().nullable(), ['__proto__']: z.int().optional() }),
  { name: 'odd', time: 'at' },
)
const at = new Date('2026-01-01T00:00:00Z')
const messages = [
  '{"at":"2026-01-01T00:00:00Z","constructor":"c","toString":"t","__proto__":1}',
  '{"at":"2026-01-01T00:00:00Z","toString":null}',
  '{"at":"2026-01-01T00:00:00Z"}',
  '{"at":"2026-01-01T00:00:00Z","toString":null,"__proto__":{"x":1}}',
].map((text, offset) => ({ value: new TextEncoder().encode(text), offset }))

test.each([true, false])('columns with inherited names are columns like any other (fast decoder: %s)', (fast) => {
  const { batch, rejected } = decodeMessages(Odd, messages, {}, fast)
  expect(batch.toArray().map((row) => Object.entries(row))).toEqual([
    [
      ['at', at],
      ['constructor', 'c'],
      ['toString', 't'],
      ['__proto__', 1],
    ],
    [
      ['at', at],
      ['toString', null],
    ],
  ])
  expect(rejected.map(({ offset, reason }) => [offset, reason])).toEqual([
    [2, expect.stringContaining('toString: Invalid input: expected string, received undefined')],
    [3, expect.stringContaining('__proto__: Invalid input: expected number, received object')],
  ])
})

test('a row without a value is not given the one that its prototype has', () => {
  const row = { at, toString: null } as never
  expect(Object.keys(Batch.of(Odd, [row]).get(0))).toEqual(['at', 'toString'])
  expect(() => Batch.of(Odd, [{ at } as never])).toThrow('"toString"')
})
