import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { decimal } from '../../values/decimal.ts'
import { fieldsOf } from '../fields.ts'
import { hasLostKey, holdsDecimal, parseExact } from './exact-json.ts'

const fields = fieldsOf({
  sum: decimal(38, 4),
  real: z.number(),
  user: z.object({ limit: decimal(20, 0), name: z.string() }),
  list: z.array(decimal(30, 10)),
  map: z.record(z.string(), z.object({ x: decimal(30, 0) })),
})

test('a number in the place of a decimal keeps all its digits, and no other is touched', () => {
  const long = '12345678901234567890.1234'
  const text = `{"sum":${long},"real":${long},"user":{"limit":${long},"name":${long}},"list":[${long},1.5,1e2],"map":{"a":{"x":${long},"y":${long}}},"other":{"sum":${long}},"deep":[[[${long}]]]}`
  expect(parseExact(text, fields)).toEqual({
    sum: long,
    real: Number(long),
    user: { limit: long, name: Number(long) },
    list: [long, 1.5, '1e2'],
    map: { a: { x: long, y: Number(long) } },
    other: { sum: Number(long) },
    deep: [[[Number(long)]]],
  })
  expect(parseExact(long, fields[0] as (typeof fields)[number])).toBe(long)
})

test('it is JSON.parse for everything else: odd strings, keys that stand twice, __proto__, keys of its own mark', () => {
  const odd = fc.constantFrom('#', '##', '\\u0023', '"', '\\"', '\\\\', '1e5', '__proto__', 'a', '-', '{')
  const key = fc.array(odd, { maxLength: 3 }).map((parts) => parts.map((part) => (part === '"' ? '\\"' : part)).join(''))
  const number = fc.constantFrom('1', '-0', '1e5', '12345678901234567890', '0.10000000000000000555', '1E400', '123456789012345')
  const { value } = fc.letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      number,
      key.map((text) => `"${text}"`),
      fc.constant('null'),
      fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
      fc.array(fc.tuple(key, tie('value')), { maxLength: 3 }).map((items) => `{${items.map(([name, item]) => `"${name}" : ${item}`).join(',')}}`),
    ),
  }))
  fc.assert(
    fc.property(value, (text) => {
      expect(parseExact(text, [])).toEqual(JSON.parse(text))
    }),
    { numRuns: 2000 },
  )
})

test('a message nested beyond any stack is parsed', () => {
  const deep = `{"x":${'['.repeat(50_000)}1e5${']'.repeat(50_000)},"sum":1e1}`
  expect(parseExact(deep, fields)).toMatchObject({ sum: '1e1' })
})

test('invalid JSON is the error of JSON.parse', () => {
  expect(() => parseExact('{"sum":1.}', fields)).toThrow(SyntaxError)
})

test('columns that hold decimals are known, also inside', () => {
  expect(fields.map(holdsDecimal)).toEqual([true, false, true, true, true])
})

test('a record with the key __proto__ is found wherever it is', () => {
  const [field] = fieldsOf({ c: z.array(z.object({ m: z.record(z.string(), z.int()) })) })
  const has = (text: string) => hasLostKey(JSON.parse(text), field as (typeof fields)[number])
  expect(has('[{"m":{}},{"m":{"a":1,"__proto__":2}}]')).toBe(true)
  expect(['[{"m":{"a":1},"__proto__":2}]', '[{}]', 'null', '1', '{"m":1}', '[null,1]'].map(has)).toEqual([false, false, false, false, false, false])
})
