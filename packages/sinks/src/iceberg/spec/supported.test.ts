import { expect, test } from 'vitest'
import type { IcebergField, IcebergType, TableMetadata } from './metadata.ts'
import { checkSupported, missingColumn } from './supported.ts'

const good = {
  'format-version': 2,
  location: 'file:/data/t/',
  schemas: [{ type: 'struct', 'schema-id': 0, fields: [] }],
  'current-schema-id': 0,
  'partition-specs': [{ 'spec-id': 0, fields: [] }],
  'default-spec-id': 0,
} as unknown as TableMetadata
const checked = (part: Partial<TableMetadata> = {}) => checkSupported({ ...good, ...part }, 'lake.t', '/data/t')

test('a table of format version 2 in the place of the sink is written', () => {
  expect(() => checked()).not.toThrow()
})

test.each<[Partial<TableMetadata>, RegExp]>([
  [{ 'format-version': 1 }, /format version 1, this sink writes version 2: upgrade it/],
  [{ 'format-version': 3 }, /format version 3, this sink writes version 2: write to another table/],
  [{ location: 'file:///data/other' }, /has its files in file:\/\/\/data\/other, and this sink writes to \/data\/t/],
  [{ 'current-schema-id': 7 }, /no current schema/],
  [{ 'default-spec-id': 7 }, /no default partition spec/],
  [{ properties: { 'write.wap.enabled': 'true' } }, /write\.wap\.enabled/],
])('one with %j is refused by what it has', (part, message) => {
  expect(() => checked(part)).toThrow(message)
  expect(() => checked(part)).toThrow(expect.objectContaining({ code: 'TARGET_UNUSABLE' }))
})

const column = (id: number, name: string, type: IcebergType = 'string', required = false): IcebergField => ({ id, name, type, required })
const withColumns = (...fields: readonly IcebergField[]) => ({ type: 'struct' as const, fields })

test('files belong to a table as long as it has all of their columns, and needs no others', () => {
  const inner = column(3, 'inner', withColumns(column(4, 'x')))
  const file = { values: { 1: 1, 2: 1, 4: 1 }, nulls: { 1: 0, 2: 1, 4: 0 } }
  expect(missingColumn(withColumns(column(1, 'at'), column(2, 'a'), inner), file)).toBeNull()
  expect(missingColumn(withColumns(column(1, 'renamed'), column(2, 'a', 'long'), inner, column(9, 'more')), file)).toBeNull()
  expect(missingColumn(withColumns(column(1, 'at', 'string', true), column(2, 'a'), inner), file)).toBeNull()
  expect(missingColumn(withColumns(column(1, 'at'), column(2, 'a')), file)).toMatch(/column of id 4 was dropped/)
  expect(missingColumn(withColumns(column(1, 'at'), column(2, 'a', 'string', true), inner), file)).toMatch(/"a" may not be null/)
  expect(missingColumn(withColumns(column(1, 'at'), column(2, 'a'), inner, column(9, 'b', 'string', true)), file)).toMatch(/"b" may not be null/)
})
