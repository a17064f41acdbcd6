import { expect, test } from 'vitest'
import { boundOf } from './bounds.ts'
import type { IcebergType } from './metadata.ts'

const hex = (type: IcebergType, value: unknown) => {
  const bound = boundOf(type, value)
  return bound && Buffer.from(bound).toString('hex')
}

test.each<[IcebergType, unknown, string]>([
  ['boolean', true, '01'],
  ['boolean', false, '00'],
  ['int', -2, 'feffffff'],
  ['int', 34n, '22000000'],
  ['long', 34, '2200000000000000'],
  ['long', 2n ** 63n - 1n, 'ffffffffffffff7f'],
  ['date', new Date('1970-01-03T00:00:00Z'), '02000000'],
  ['date', new Date('1969-12-31T00:00:00Z'), 'ffffffff'],
  ['date', -1, 'ffffffff'],
  ['timestamptz', new Date('1969-12-31T23:59:59.999Z'), '18fcffffffffffff'],
  ['double', -0, '0000000000000080'],
  ['double', 4.5, '0000000000001240'],
  ['float', 4.5, '00009040'],
  ['string', 'ICEBERG', '49434542455247'],
  ['string', '', ''],
  ['decimal(9, 2)', 14.2, '058c'],
  ['decimal(9, 2)', -1.28, '80'],
  ['decimal(9, 2)', 1.28, '0080'],
  ['decimal(9, 2)', 0, '00'],
])('%s of %s is kept as the table spec says', (type, value, expected) => {
  expect(hex(type, value)).toBe(expected)
})

test.each<[IcebergType, unknown]>([
  ['decimal(20, 2)', 1],
  ['decimal(9, 2)', '1.00'],
  ['binary', Uint8Array.of(1)],
  ['double', Number.NaN],
  ['int', 0.5],
  ['string', null],
  ['boolean', null],
  [{ type: 'struct', fields: [] }, {}],
])('%s has no bound for %s', (type, value) => {
  expect(boundOf(type, value)).toBeNull()
})
