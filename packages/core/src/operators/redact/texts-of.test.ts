import { expect, test } from 'vitest'
import { columnBuilder } from '../../batch/builder.ts'
import { stringReader } from '../../batch/columns.ts'
import type { Field } from '../../store/field.ts'
import { textsOf } from './texts-of.ts'

function textsIn(kind: Field['kind'], values: readonly unknown[], members: readonly string[] = []) {
  const field: Field = { name: 'x', kind, values: members, optional: false, nullable: true }
  const builder = columnBuilder(field)
  for (const value of values) builder.add(value)
  const data = builder.finish()
  const { column, codes } = textsOf(field, data)
  return { isSame: column === data, texts: values.map((_, i) => stringReader(column)(codes ? (codes[i] as number) : i)) }
}

test('a column of text is its own texts', () => {
  expect(textsIn('string', ['a', 'é'])).toEqual({ isSame: true, texts: ['a', 'é'] })
})

test('an enum is the texts of its members by code', () => {
  expect(textsIn('enum', ['b', 'a', 'b'], ['a', 'b'])).toEqual({ isSame: false, texts: ['b', 'a', 'b'] })
})

test('whole numbers and days are written out, and no value is no text', () => {
  expect(textsIn('integer', [12, null, -3]).texts).toEqual(['12', '', '-3'])
  expect(textsIn('date', ['0001-01-01', null]).texts).toEqual(['0001-01-01', ''])
})
