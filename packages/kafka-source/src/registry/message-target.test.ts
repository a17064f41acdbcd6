import { bytes, decimal, defineSchema, instant, json } from '@tickets/core'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { messageTarget } from './message-target.ts'
import type { Target } from './target.ts'

const row = z.object({ at: instant(), id: z.string() })

const memberOf = (target: Target | undefined, ...path: string[]): Target | undefined =>
  path.reduce<Target | undefined>((at, name) => (name === '*' ? at?.element : at?.members?.get(name)), target)

test('a message is a row where the schema says nothing else', () => {
  const target = messageTarget(defineSchema(row, { name: 'one', time: 'at' }))
  expect([...(target.members?.keys() ?? [])]).toEqual(['at', 'id'])
  expect(target.isStrict).toBe(false)
})

test('fields that are no columns are passed to a schema that keeps or refuses them', () => {
  const kept = messageTarget(defineSchema(row.extend({ rest: json() }), { name: 'one', time: 'at', unknown: { keep: 'rest' } }))
  expect([kept.isStrict, [...(kept.members?.keys() ?? [])]]).toEqual([true, ['at', 'id']])
  expect(messageTarget(defineSchema(row, { name: 'one', time: 'at', unknown: 'refuse' })).isStrict).toBe(true)
  const nested = row.extend({ o: z.object({ n: z.int() }), list: z.array(z.object({ n: z.int() })) })
  const refused = messageTarget(defineSchema(nested, { name: 'one', time: 'at', unknown: 'refuse' }))
  expect([memberOf(refused, 'o')?.isStrict, memberOf(refused, 'list', '*')?.isStrict]).toEqual([true, true])
})

test('with `from` a message is what that type says', () => {
  const from = z.object({
    when: instant({ epoch: 's' }),
    total: decimal(9, 2).optional(),
    raw: bytes().nullable(),
    lines: z.array(z.object({ sku: z.string(), note: z.string().default('') })),
    tags: z.record(z.string(), instant()),
    any: z.unknown(),
  })
  const target = messageTarget(defineSchema(row, { name: 'one', time: 'at', from, map: () => [] }))
  const seen = (...path: string[]) => {
    const { kind, time, isRequired, ofNull } = memberOf(target, ...path) ?? {}
    return [kind, time, isRequired, ofNull]
  }
  expect(seen('when')).toEqual(['instant', 's', true, 'null'])
  expect(seen('total')).toEqual(['decimal', undefined, false, 'omit'])
  expect(seen('raw')).toEqual(['bytes', undefined, true, 'null'])
  expect(seen('lines', '*', 'sku')).toEqual(['any', undefined, true, 'null'])
  expect(seen('lines', '*', 'note')).toEqual(['any', undefined, false, 'omit'])
  expect(seen('tags', '*')).toEqual(['instant', 'iso', true, 'null'])
  expect(seen('any')).toEqual(['any', undefined, false, 'null'])
  expect(memberOf(target, 'lines', '*', 'sku')?.path).toBe('lines.element.sku')
})
