import { expect, test } from 'vitest'
import { exactJson, parseExact } from './exact-json.ts'

test('keeps whole numbers of 63 bits, and other values as JSON has them', () => {
  const text =
    '{"snapshot-id":3051729675574597004,"small":-1,"edge":9007199254740991,"real":1e300,"half":0.5,"text":"3051729675574597004","none":null}'
  const value = parseExact(text, 'x') as Record<string, unknown>
  expect(value).toEqual({
    'snapshot-id': 3051729675574597004n,
    small: -1,
    edge: 9007199254740991,
    real: 1e300,
    half: 0.5,
    text: '3051729675574597004',
    none: null,
  })
  expect(parseExact(exactJson(value), 'x')).toEqual(value)
  expect(exactJson({ id: 3051729675574597004n })).toBe('{"id":3051729675574597004}')
})

test('says what is no JSON', () => {
  expect(() => parseExact('<html>', 'http://host/v1/config')).toThrow('http://host/v1/config is no JSON')
})
