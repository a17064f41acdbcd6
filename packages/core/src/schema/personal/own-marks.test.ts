import { expect, test } from 'vitest'
import * as z from 'zod'
import { instant } from '../../values/instant.ts'
import { defineSchema } from '../define.ts'
import { leavesOf, ownMarks, sourceMarks } from './own-marks.ts'

const personal = { personal: true }
const own = (shape: z.core.$ZodShape) => [...ownMarks(z.object(shape), '').marks]

test('a mark is found wherever it stands on a column: before checks, inside of and around optional, nullable and default types', () => {
  expect(
    own({
      a: z.string().meta(personal).min(3).regex(/x/),
      b: z.string().min(1).meta(personal).optional(),
      c: z.string().nullable().meta(personal),
      d: z.string().meta(personal).default(''),
      e: instant().meta(personal),
      f: z.string().describe('no mark'),
    }),
  ).toEqual(['a', 'b', 'c', 'd', 'e'].map((name) => [name, 'plain']))
})

test('a mark of an object, list or map counts for what is inside, unless that has its own', () => {
  const user = z.object({ email: z.string(), country: z.string().meta({ personal: false }), homes: z.array(z.object({ city: z.string() })) })
  expect(
    own({
      user: user.meta(personal),
      clerks: z.record(z.string(), z.object({ name: z.string().meta(personal) })),
      owners: z.record(z.string().meta(personal), z.int()),
      names: z.array(z.string()).meta(personal),
      all: z.record(z.string(), z.string()).meta(personal),
      paid: z.discriminatedUnion('by', [
        z.object({ by: z.literal('card'), last4: z.string().meta(personal) }),
        z.object({ by: z.literal('cash'), last4: z.string(), till: z.int() }),
      ]),
    }).map(([path]) => path),
  ).toEqual(['user.email', 'user.homes.city', 'clerks.name', 'owners (keys)', 'names', 'all (keys)', 'all', 'paid.last4'])
})

test('a type that says that nothing is personal is marked, one that says nothing is not', () => {
  const row = z.object({ a: z.string() })
  expect(ownMarks(row.meta({ personal: false }), '')).toEqual({ marks: new Map(), isMarked: true })
  expect(ownMarks(z.object({ a: z.string().meta({ personal: false }) }), '').isMarked).toBe(true)
  expect(ownMarks(row, '').isMarked).toBe(false)
})

test('a mark that is neither true nor false is refused with its column', () => {
  expect(() => own({ user: z.object({ email: z.string().meta({ personal: 'yes' }) }) })).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', message: 'the mark `personal` of "user.email" is true or false, got "yes"' }),
  )
})

test('every column of a source without any mark is unknown', () => {
  const shape = { at: instant(), tags: z.record(z.string(), z.array(z.object({ text: z.string().nullable() }))) }
  expect([...sourceMarks(defineSchema(z.object(shape), { name: 'plain', time: 'at' }))]).toEqual(
    ['at', 'tags (keys)', 'tags.text'].map((path) => [path, 'unknown']),
  )
  expect(sourceMarks(defineSchema(z.object(shape).meta({ personal: false }), { name: 'plain', time: 'at' })).size).toBe(0)
})

test('paths are those of values that hold no others', () => {
  const union = z.discriminatedUnion('by', [z.object({ by: z.literal('card'), n: z.int() }), z.object({ by: z.literal('cash'), n: z.int() })])
  expect(leavesOf(z.object({ a: z.object({ b: z.int() }).optional(), paid: union, any: z.union([z.string(), z.int()]) }), '')).toEqual([
    'a.b',
    'paid.by',
    'paid.n',
    'any',
  ])
})
