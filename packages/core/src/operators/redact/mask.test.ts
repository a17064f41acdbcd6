import { expect, test } from 'vitest'
import { columnBuilder } from '../../batch/builder.ts'
import { stringReader } from '../../batch/columns.ts'
import type { Field } from '../../store/field.ts'
import { masker } from './mask.ts'

const field = (more: Partial<Field> = {}): Field => ({ name: 'x', kind: 'string', values: [], optional: false, nullable: true, ...more })

function masked(keepLast: number, column: Field, values: readonly (string | null)[]): string[] {
  const builder = columnBuilder(column)
  for (const value of values) builder.add(value)
  const made = masker(keepLast)({ path: 'x', field: column, data: builder.finish(), isPresent: (i) => values[i] !== null })
  return values.map((_, i) => stringReader(made)(i))
}

test('writes the same three characters for every text, and nothing where there is no value', () => {
  expect(masked(0, field(), ['a', '', 'a longer one', null])).toEqual(['***', '***', '***', ''])
})

test('leaves the last characters of a text that is at least twice as long, whole ones of any bytes', () => {
  expect(masked(4, field(), ['12345678', '1234567', null, 'abcdé€😀z', 'é'])).toEqual(['***5678', '***', '', '***é€😀z', '***'])
})

test('masks the members of an enum', () => {
  expect(masked(1, field({ kind: 'enum', values: ['new', 'o'] }), ['o', null, 'new'])).toEqual(['***', '', '***w'])
})
