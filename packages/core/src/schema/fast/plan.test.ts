import { expect, test } from 'vitest'
import * as z from 'zod'
import { instant } from '../../base/instant.ts'
import { defineSchema } from '../define.ts'
import { rowPlan } from './plan.ts'

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
