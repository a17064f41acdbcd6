import { expect, test } from 'vitest'
import { addressOf, isSamePlace, pathBelow } from './table-storage.ts'

test('a folder and a bucket have addresses, by which their files are found again', () => {
  expect([addressOf('/data/a b'), addressOf('s3://bucket/x')]).toEqual(['file:///data/a b', 's3://bucket/x'])
  expect(isSamePlace('file:/data/x/', 'file:///data/x')).toBe(true)
  expect(isSamePlace('s3a://bucket/x', 's3://bucket/x')).toBe(true)
  expect(isSamePlace('s3://bucket/x', 's3://bucket/y')).toBe(false)
  expect(pathBelow('file:/data/x/metadata/m.avro', 'file:///data/x')).toBe('metadata/m.avro')
  expect(pathBelow('file:///data/xy/m.avro', 'file:///data/x')).toBeNull()
})
