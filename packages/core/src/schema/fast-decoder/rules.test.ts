import { expect, test } from 'vitest'
import * as z from 'zod'
import type { Field } from '../../store/field.ts'
import { instant } from '../../values/instant.ts'
import { defineSchema } from '../define.ts'
import { fieldsOf } from '../fields.ts'
import { isData, rowPlan, ruleOf } from './rules.ts'

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
  ).toEqual({ rule: { is: 'zod' }, mayMiss: false, fills: false })
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

const at = instant()

test('a plan has a rule for each column, and is plain data that can go to another thread', () => {
  const plan = rowPlan(defineSchema(z.object({ at, n: z.int().optional() }), { name: 'row', time: 'at' }))
  expect(plan).toMatchObject({
    strict: false,
    rules: [
      { rule: { is: 'instant' }, mayMiss: false },
      { rule: { is: 'number' }, mayMiss: true },
    ],
  })
  expect(structuredClone(plan)).toEqual(plan)
})

test('a strict object keeps that unknown keys are invalid', () => {
  expect(rowPlan(defineSchema(z.strictObject({ at }), { name: 'row', time: 'at' }))?.strict).toBe(true)
})

test('checks on the whole row, and names that JSON has to escape, are left to zod', () => {
  expect(
    rowPlan(
      defineSchema(
        z.object({ at }).refine(() => true),
        { name: 'row', time: 'at' },
      ),
    ),
  ).toBe(null)
  expect(rowPlan(defineSchema(z.object({ at, 'a"b': z.string() }), { name: 'row', time: 'at' }))).toBe(null)
})

test('nested objects and lists have rules of their own, and what only zod judges makes the plan no data', () => {
  const inner = z.object({ n: z.int(), tags: z.array(z.string()).min(1).max(3) })
  expect(rule(inner).rule).toMatchObject({
    is: 'object',
    plan: { rules: [{ rule: { is: 'number' } }, { rule: { is: 'list', min: 1, max: 3, element: { rule: { is: 'text' } } } }] },
  })
  const plan = (type: z.ZodType) => rowPlan(defineSchema(z.object({ at, c: type }), { name: 'row', time: 'at' }))
  const isPlain = (type: z.ZodType) => isData(plan(type) as NonNullable<ReturnType<typeof plan>>)
  expect([inner, z.array(inner), z.string()].map(isPlain)).toEqual([true, true, true])
  expect([z.array(z.object({ n: z.int().multipleOf(5) })), z.record(z.string(), z.int()), z.object({ t: z.literal(1) })].map(isPlain)).toEqual([
    false,
    false,
    false,
  ])
})

test('a default comes from zod', () => {
  expect(rule(z.string().default('a'))).toMatchObject({ rule: { is: 'text' }, mayMiss: false, fills: true })
  expect(rule(z.string().default('a').optional())).toMatchObject({ mayMiss: false, fills: true })
})
