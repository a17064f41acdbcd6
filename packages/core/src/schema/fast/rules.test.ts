import { expect, test } from 'vitest'
import * as z from 'zod'
import { instant } from '../../base/instant.ts'
import type { Field } from '../../batch/field.ts'
import { fieldsOf } from '../fields.ts'
import { ruleOf } from './rules.ts'

const rule = (type: z.ZodType) => ruleOf(fieldsOf({ c: type })[0] as Field, type)

test('lengths and patterns of text add up', () => {
  expect(rule(z.string().min(2).min(3).max(9).max(7)).rule).toEqual({ is: 'text', min: 3, max: 7, patterns: [] })
  expect(rule(z.string().length(4)).rule).toMatchObject({ min: 4, max: 4 })
  expect(rule(z.string().regex(/^a/).regex(/b$/)).rule).toMatchObject({ patterns: [/^a/, /b$/] })
})

test('bounds of numbers add up, exclusive ones by themselves', () => {
  expect(rule(z.number().min(0).gt(-1).max(5).lt(9)).rule).toEqual({ is: 'number', integer: false, min: 0, max: 5, above: -1, below: 9 })
  expect(rule(z.int32()).rule).toMatchObject({ integer: true, min: -(2 ** 31), max: 2 ** 31 - 1 })
  expect(rule(z.number().int()).rule).toMatchObject({ integer: true, max: Number.MAX_SAFE_INTEGER })
})

test('an optional column may be missing; a check outside of it has to see that', () => {
  expect(rule(z.string().optional()).mayMiss).toBe(true)
  expect(rule(z.string().nullable()).mayMiss).toBe(false)
  expect(
    rule(
      z
        .string()
        .optional()
        .refine(() => true),
    ),
  ).toEqual({ rule: { is: 'zod' }, mayMiss: false })
})

test.each([
  z.string().trim(),
  z.string().refine(() => true),
  z.url(),
  z.number().multipleOf(2),
  z.boolean().refine(() => true),
  z.codec(z.iso.datetime(), z.date(), { decode: (text) => new Date(text), encode: (date) => date.toISOString() }),
  instant().refine(() => true),
])('type %#: checks and codecs that are code are left to zod', (type) => {
  expect(rule(type).rule).toEqual({ is: 'zod' })
})

test('our instant, enums and booleans have rules without options', () => {
  expect([instant(), instant().describe('when'), z.enum(['a']), z.boolean()].map((type) => rule(type).rule)).toEqual([
    { is: 'instant' },
    { is: 'instant' },
    { is: 'enum' },
    { is: 'boolean' },
  ])
})
