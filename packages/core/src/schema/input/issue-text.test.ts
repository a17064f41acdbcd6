import { expect, test } from 'vitest'
import * as z from 'zod'
import { issueText } from './issue-text.ts'

const textOf = (type: z.ZodType, value: unknown) => issueText(type.safeParse(value).error?.issues ?? [])

const Parcels = z.object({ kind: z.literal('parcels'), parcels: z.array(z.object({ weight: z.number(), code: z.string() })) })
const Letter = z.object({ kind: z.literal('letter'), stamp: z.string(), to: z.string() })
const Event = z.union([Letter, Parcels])

test('an issue is named by its path, several are apart', () => {
  expect(textOf(z.object({ a: z.string(), b: z.object({ c: z.int() }) }), { a: 1, b: { c: 'x' } })).toBe(
    'a: Invalid input: expected string, received number; b.c: Invalid input: expected number, received string',
  )
  expect(textOf(z.string(), 1)).toBe('Invalid input: expected string, received number')
})

test('a value that fits no shape of a union is named by the issues of the nearest one', () => {
  expect(textOf(Event, { kind: 'parcels', parcels: [{ weight: 'x', code: 'a' }] })).toBe(
    'parcels.0.weight: Invalid input: expected number, received string (the nearest of 2 shapes)',
  )
  expect(textOf(Event, { kind: 'letter', stamp: 'a' })).toMatch(
    /^to: Invalid input: expected string, received undefined \(the nearest of 2 shapes\)$/,
  )
})

test('the shape whose literals match is nearer than one with fewer issues', () => {
  const Long = z.object({ kind: z.literal('long'), a: z.int(), b: z.int(), c: z.int() })
  expect(textOf(z.union([z.object({ kind: z.literal('short') }), Long]), { kind: 'long', a: 1 })).toMatch(
    /^b: .*; c: .* \(the nearest of 2 shapes\)$/,
  )
})

test('of shapes alike, the one with the deeper issue is nearer', () => {
  const Flat = z.object({ parcels: z.string() })
  expect(textOf(z.union([Flat, z.object({ parcels: z.array(z.int()) })]), { parcels: ['x'] })).toMatch(/^parcels\.0: /)
})

test('a union of plain types says all that it takes', () => {
  expect(textOf(z.object({ u: z.union([z.string(), z.number()]) }), { u: true })).toBe(
    'u: Invalid input: expected string, received boolean, or expected number, received boolean',
  )
})

test('a union in a member, and one of unions, are named by path and by the number of all shapes', () => {
  expect(textOf(z.object({ event: Event }), { event: { kind: 'letter', stamp: 'a', to: 2 } })).toBe(
    'event.to: Invalid input: expected string, received number (the nearest of 2 shapes of event)',
  )
  expect(textOf(z.union([z.object({ x: z.int(), y: z.int() }), Event]), { kind: 'letter', stamp: 'a', to: 2 })).toBe(
    'to: Invalid input: expected string, received number (the nearest of 3 shapes)',
  )
})

test('a discriminated union and one that fits twice keep the message of zod', () => {
  const either = z.discriminatedUnion('kind', [Letter, Parcels])
  expect(textOf(either, { kind: 'x' })).toMatch(/^kind: Invalid discriminator value/)
  expect(textOf(z.xor([z.object({ a: z.int() }), z.object({ a: z.int() })]), { a: 1 })).toBe('Invalid input: more than one option matched')
})

test('a Date that is no time is called invalid', () => {
  expect(textOf(z.object({ at: z.date() }), { at: new Date(Number.NaN) })).toBe('at: Invalid input: expected date, received an invalid Date')
  expect(textOf(z.object({ at: z.date('no time') }), { at: new Date(Number.NaN) })).toBe('at: no time')
})
