import { Batch } from '@tickets/core'
import { slice } from '@tickets/core/arrow'
import { expect, test } from 'vitest'
import { Every, plain, sparse } from '../../test/helpers.ts'
import { bitAt, columnAt, numberAt, validAt } from './column.ts'

const rows = [plain, sparse, { ...plain, wholeOrNull: 7, yes: false }]
const at = (name: string) => Every.fields.findIndex((field) => field.name === name)
// A slice begins inside of a byte of bits.
const batch = slice(Batch.of(Every, [sparse, ...rows]), 1, 4)

test('reads numbers, instants and booleans of a slice as the rows have them', () => {
  for (const name of ['real', 'whole', 'small'] as const)
    expect(rows.map((_, i) => numberAt(columnAt(batch, at(name)))(i))).toEqual(rows.map((row) => row[name]))
  expect(numberAt(columnAt(batch, at('at')))(0)).toBe(plain.at.getTime())
  expect(rows.map((_, i) => bitAt(columnAt(batch, at('yes')))(i))).toEqual([true, false, false])
})

test('tells which rows have a value', () => {
  const valid = validAt(columnAt(batch, at('wholeOrNull')))
  expect(rows.map((_, i) => valid(i))).toEqual([true, false, true])
  expect(validAt(columnAt(batch, at('whole')))(1)).toBe(true)
})
