import { expect, test } from 'vitest'
import { columnBuilder } from '../../batch/builder.ts'
import { valueReader } from '../../batch/columns.ts'
import type { DecimalStore } from '../../store/decimals.ts'
import type { Field } from '../../store/field.ts'
import { decimalReader } from './decimal.ts'
import { bytesOf } from './decoders.fixture.ts'
import { UNSURE } from './read.ts'

const field: Field = { name: 'c', kind: 'decimal', values: [], optional: false, nullable: false, precision: 20, scale: 3 }
function read(text: string): unknown {
  const builder = columnBuilder(field)
  builder.reserve(1)
  const bytes = bytesOf(text)
  const end = decimalReader(builder.store as DecimalStore)(bytes, new DataView(bytes.buffer), 0, bytes.length, 0)
  return end === UNSURE ? UNSURE : valueReader(field, builder.finish(1))(0)
}

test.each([
  ['1', '1.000'],
  ['-1.5', '-1.500'],
  ['-0', '0.000'],
  ['"2.25"', '2.250'],
  ['1e2', '100.000'],
  ['12345678901234567.123', '12345678901234567.123'],
  ['"12345678901234567.1230"', '12345678901234567.123'],
])('%s is read exactly', (text, value) => {
  expect(read(text)).toBe(value)
})

test.each(['1.2345', '123456789012345678', '"', '"1', '"1 "', '"x"', '""', 'true', '01', '"\\u0031"'])('%s is left to zod', (text) => {
  expect(read(text)).toBe(UNSURE)
})
