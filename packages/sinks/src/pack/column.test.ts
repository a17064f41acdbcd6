import { expect, test } from 'vitest'
import { type Column, hasValue } from './column.ts'

test('a row has a value where its bit is set, and everywhere without bits', () => {
  const none = { rows: 10, offsets: new Int32Array(), values: new Uint8Array(), isUtf8: false, codes: new Int8Array(), members: [], children: [] }
  const column: Column = { ...none, bits: Uint8Array.of(0b1, 0b10) }
  expect([0, 1, 8, 9].map((i) => hasValue(column, i))).toEqual([true, false, false, true])
  expect([0, 9].map((i) => hasValue({ ...none, bits: null }, i))).toEqual([true, true])
})
