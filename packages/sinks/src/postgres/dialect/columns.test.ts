import { expect, test } from 'vitest'
import { Every } from '../../../test/helpers.ts'
import { alter, columnOf, definition, holds, list, quote, whyNoKey, whyNoName } from './columns.ts'

const field = (name: string) => Every.fields.find((one) => one.name === name) as (typeof Every.fields)[number]
const column = (name: string, isKey = false) => columnOf(field(name), isKey, 'C')
const decimal = { ...field('real'), kind: 'decimal' as const, precision: 10, scale: 2 }

test('8 every kind has its type, and texts of a key and enums are compared byte by byte', () => {
  expect(['at', 'text', 'kind', 'real', 'whole', 'small', 'yes'].map((name) => column(name).type)).toEqual([
    'timestamp with time zone',
    'text',
    'text',
    'double precision',
    'bigint',
    'integer',
    'boolean',
  ])
  expect([column('text'), column('text', true), column('kind')].map(({ collation }) => collation)).toEqual([null, 'C', 'C'])
  expect(columnOf(decimal, false, 'C').type).toBe('numeric(10,2)')
})

test('a column is defined with its collation, and NULL where a row may have no value', () => {
  expect(definition(column('text', true))).toBe('"text" text COLLATE "C" NOT NULL')
  expect(definition(column('wholeOrNull'))).toBe('"wholeOrNull" bigint NULL')
})

test('a column of a table is changed to the type, or to take no value', () => {
  expect(alter(column('whole'), { ...column('whole'), type: 'integer' })).toBe('ALTER COLUMN "whole" TYPE bigint USING "whole"::bigint')
  expect(alter(column('wholeOrNull'), { ...column('wholeOrNull'), nullable: false })).toBe('ALTER COLUMN "wholeOrNull" DROP NOT NULL')
})

test('names are quoted, and have at most 63 bytes and no control character', () => {
  expect(quote('a"b')).toBe('"a""b"')
  expect(list(['a', 'b'])).toBe('"a", "b"')
  expect([whyNoName('x'.repeat(63)), whyNoName('😀'), whyNoName('a ')]).toEqual([null, null, null])
  expect([whyNoName('ü'.repeat(32)), whyNoName('a\n')]).toEqual(['it has 64 bytes, and names have at most 63', 'it has a control character'])
})

test('a column holds what fits into it, and no decimal with more digits behind the point', () => {
  expect([holds('numeric(10,2)', decimal), holds('numeric', decimal), holds('numeric(10,1)', decimal)]).toEqual([true, true, false])
  expect([holds('bigint', field('small')), holds('integer', field('whole')), holds('character(5)', field('text'))]).toEqual([true, false, false])
  expect(holds('timestamp(0) with time zone', field('at'))).toBe(false)
})

test('an index has room for 32 columns', () => {
  expect(whyNoKey(new Array(32).fill(column('text')))).toBeNull()
  expect(whyNoKey(new Array(33).fill(column('text')))).toBe('has 33 columns, and an index has at most 32')
})
