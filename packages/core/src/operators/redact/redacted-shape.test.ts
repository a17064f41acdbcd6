import { expect, test } from 'vitest'
import * as z from 'zod'
import { fieldsOf } from '../../schema/fields.ts'
import type { Field } from '../../store/field.ts'
import type { Plan } from './locate-fields.ts'
import { redactedShape } from './redacted-shape.ts'

const shape = {
  id: z.int(),
  level: z.enum(['a', 'b']).default('a'),
  user: z.strictObject({ email: z.string().nullish(), id: z.int() }).optional(),
  items: z.array(z.object({ serial: z.int32().nullable(), n: z.int() })).nullable(),
  labels: z.record(z.string(), z.string().nullable()),
}
const words = ({ name, kind, optional, nullable, children = [] }: Field): string =>
  `${name} ${kind}${optional ? '?' : ''}${nullable ? '|null' : ''}${children.length > 0 ? ` { ${children.map(words).join(', ')} }` : ''}`
const after = (plan: Plan, how: 'drop' | 'hash') => fieldsOf(redactedShape(shape, plan, how)).map(words)

test('what is hashed becomes text, and stays optional or nullable as it was', () => {
  const plan = new Map<string, Plan | null>([
    ['id', null],
    ['level', null],
    ['user', new Map([['email', null]])],
    ['items', new Map([['serial', null]])],
    ['labels', null],
  ])
  expect(after(plan, 'hash')).toEqual([
    'id string',
    'level string',
    'user struct? { email string?|null, id integer }',
    'items list|null { element struct { serial string|null, n integer } }',
    'labels map { value string|null }',
  ])
})

test('what is dropped is gone, and columns that nothing is in keep their very types', () => {
  const plan = new Map<string, Plan | null>([
    ['labels', null],
    ['items', new Map([['serial', null]])],
  ])
  expect(after(plan, 'drop')).toEqual([
    'id integer',
    'level enum',
    'user struct? { email string?|null, id integer }',
    'items list|null { element struct { n integer } }',
  ])
  expect(redactedShape(shape, plan, 'drop').user).toBe(shape.user)
})
