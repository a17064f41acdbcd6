import { beforeAll, expect, test } from 'vitest'
import type { Target } from '../target.ts'
import { protoMessages } from './files.ts'
import { loadProtobufjs } from './load.ts'
import { enumConvert, scalarConvert } from './scalars.ts'

beforeAll(loadProtobufjs)

const target = (kind: Target['kind'], time?: 'iso' | 'ms'): Target => ({ path: 'c', kind, isRequired: true, ofNull: 'null', ...(time && { time }) })
const fieldOf = (type: string) => {
  const field = protoMessages(`syntax = "proto3"; message A { ${type} x = 1; }`, [])[0]?.type?.fieldsArray[0]
  if (!field) throw new Error('no field')
  return field
}

test.each<[string, Target['kind'][]]>([
  ['string', ['string', 'enum', 'date', 'decimal', 'json', 'any']],
  ['bool', ['boolean', 'json', 'any']],
  ['bytes', ['bytes', 'json', 'any']],
  ['double', ['number', 'json', 'any']],
  ['float', ['number', 'json', 'any']],
  ['int32', ['string', 'decimal', 'number', 'integer', 'int32', 'json', 'any']],
  ['fixed64', ['string', 'decimal', 'number', 'integer', 'int32', 'json', 'any']],
])('%s goes into columns of kind %j alone', (type, kinds) => {
  const all = ['string', 'enum', 'date', 'decimal', 'number', 'integer', 'int32', 'boolean', 'bytes', 'json', 'any', 'struct', 'list', 'map'] as const
  expect(all.filter((kind) => scalarConvert(fieldOf(type), target(kind)) !== null).sort()).toEqual([...kinds].sort())
})

test('text is an instant of ISO, a whole number one of an epoch', () => {
  const takes = (type: string, time: 'iso' | 'ms') => scalarConvert(fieldOf(type), target('instant', time)) !== null
  expect([takes('string', 'iso'), takes('string', 'ms'), takes('int64', 'ms'), takes('int64', 'iso')]).toEqual([true, false, true, false])
})

test('NaN is invalid, and so is a member that an enum does not have', () => {
  expect(() => scalarConvert(fieldOf('double'), target('number'))?.(Number.NaN as never)).toThrow('c: NaN is no finite number')
  const type = protoMessages('syntax = "proto3"; message A { E x = 1; } enum E { ZERO = 0; }', [])[0]?.type?.fieldsArray[0]?.resolve().resolvedType
  const convert = enumConvert(type as never, target('enum'))
  expect(convert?.(0 as never)).toBe('ZERO')
  expect(() => convert?.(7 as never)).toThrow('c: 7 is no member of the enum E')
  expect(enumConvert(type as never, target('integer'))).toBe(null)
})
