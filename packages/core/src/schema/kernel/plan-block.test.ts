import { expect, test } from 'vitest'
import { INT32, LIST, OBJECT, TEXT } from '../../../assembly/field-block.ts'
import type { Field } from '../../store/field.ts'
import type { FieldRule, RowPlan, Rule } from '../fast-decoder/rules.ts'
import { loadKernel } from './kernel.ts'
import { isKnown, putPlan } from './plan-block.ts'

const field = (name: string, more: Partial<Field> = {}): Field => ({ name, kind: 'string', values: [], optional: false, nullable: false, ...more })
const ruled = (rule: Rule): FieldRule => ({ rule, mayMiss: false, fills: false })
const planOf = (...pairs: readonly (readonly [Field, Rule])[]): RowPlan => ({
  fields: pairs.map(([one]) => one),
  rules: pairs.map(([, rule]) => ruled(rule)),
  strict: false,
})
const text: Rule = { is: 'text', min: 0, max: 9, patterns: [/a/, /b/] }
const int32: Rule = { is: 'number', integer: true, min: 0, max: 5, above: -Infinity, below: Infinity }

test('columns have the kinds and the nesting of their fields, and what is asked for has a number', () => {
  const help = { patterns: [], decimals: [] } as Parameters<typeof putPlan>[2]
  const kernel = loadKernel(help)
  if (!kernel) expect.fail('this engine has WebAssembly SIMD')
  const inner = planOf([field('n', { kind: 'int32', nullable: true }), int32])
  const element = { rule: { is: 'object', plan: inner }, mayMiss: false, fills: false } as FieldRule
  const { columns } = putPlan(
    kernel,
    planOf(
      [field('text'), text],
      [field('amount', { kind: 'decimal', precision: 9, scale: 2 }), { is: 'decimal' }],
      [
        field('list', { kind: 'list', optional: true, children: [field('', { kind: 'struct', children: inner.fields })] }),
        { is: 'list', element, min: 0, max: 3 },
      ],
    ),
    help,
  )
  const [one, , list] = columns
  expect([one?.kind, one?.mayBeNull, list?.kind, list?.mayBeNull]).toEqual([TEXT, false, LIST, true])
  expect(list?.children.map(({ kind, children }) => [kind, children[0]?.kind, children[0]?.mayBeNull])).toEqual([[OBJECT, INT32, true]])
  expect([help.patterns, help.decimals.map(({ precision, scale }) => [precision, scale])]).toEqual([[[/a/, /b/]], [[9, 2]]])
})

test.each<[string, Rule, boolean]>([
  ['a text', text, true],
  ['what only zod can judge', { is: 'zod' }, false],
  ['unknown fields that are kept', { is: 'rest' }, false],
  ['what lies around a message', { is: 'part' }, false],
  ['a length that no text has', { is: 'text', min: 0, max: -1, patterns: [] }, false],
  ['a list of what only zod can judge', { is: 'list', element: ruled({ is: 'zod' }), min: 0, max: 1 }, false],
  ['an object with such a member', { is: 'object', plan: planOf([field('a'), { is: 'zod' }]) }, false],
])('knows whether it can follow a plan: %s', (_, rule, known) => {
  expect(isKnown(planOf([field('a', { children: [field('')] }), rule]))).toBe(known)
})
