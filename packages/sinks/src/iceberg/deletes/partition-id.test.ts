import { expect, test } from 'vitest'
import type { AvroValue } from '../avro/avro-schema.ts'
import { partitionId } from './partition-id.ts'

const id = (value: AvroValue, spec = 0) => partitionId({ spec, partition: [value] })

test('files of one partition have one id', () => {
  expect([id(2n ** 60n), id(Uint8Array.of(1)), id(Number.NaN), id(null)]).toEqual([id(2n ** 60n), id(Uint8Array.of(1)), id(Number.NaN), id(null)])
})

test('values that JSON writes alike are partitions of their own, and so are those of another spec', () => {
  const values = [null, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 2n ** 60n, String(2n ** 60n), 'null', Uint8Array.of(0)]
  expect(new Set([...values.map((value) => id(value)), id(0, 1)]).size).toBe(values.length + 1)
})
