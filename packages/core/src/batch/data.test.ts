import { Type } from 'apache-arrow'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { fieldsOf } from '../schema/fields.ts'
import { columnStore } from '../store/column-store.ts'
import type { Field } from '../store/field.ts'
import { decimal } from '../values/decimal.ts'
import { dataOf } from './data.ts'

test.each([
  [z.string(), ['a', 'bc'], Type.Utf8],
  [z.enum(['x', 'y']), ['y', 'x'], Type.Dictionary],
  [decimal(5, 2), ['1.00', '-2.50'], Type.Decimal],
  [z.object({ a: z.int() }), [{ a: 1 }, { a: 2 }], Type.Struct],
  [z.array(z.int32()), [[1], [2, 3]], Type.List],
  [z.record(z.string(), z.int32()), [{ a: 1 }, { b: 2, c: 3 }], Type.Map],
])('buffers of type %# are Arrow data of their length', (type, values, id) => {
  const [field] = fieldsOf({ c: type }) as [Field]
  const column = columnStore(field)
  column.reserve(2)
  values.forEach((value, row) => {
    expect(column.set(row, value)).toBe(true)
  })
  const data = dataOf(field, 2, column.cut(2))
  expect([data.type.typeId, data.length, data.nullCount]).toEqual([id, 2, 0])
  const inside = id === Type.List || id === Type.Map ? 3 : 2
  expect(data.children.map((child) => child.length)).toEqual(data.children.map(() => inside))
})
