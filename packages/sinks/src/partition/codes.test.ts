import { Batch, type Field } from '@tickets/core'
import { expect, test } from 'vitest'
import { Every, plain, sparse } from '../../test/helpers.ts'
import { bucketCodes, columnCodes, dayCodes, segment } from './codes.ts'
import { bucket, yearMonthDay } from './partition-by.ts'

const batch = Batch.of(Every, [plain, sparse, plain])
const at = (name: string) => Every.fields.findIndex((field) => field.name === name)
const paths = ({ codes, paths: all }: ReturnType<typeof columnCodes>) => [...codes].map((code) => all[code])

test.each([
  ['kind', ['kind=b,%22', 'kind=b,%22', 'kind=b,%22']],
  ['maybe', ['maybe=__HIVE_DEFAULT_PARTITION__', 'maybe=__HIVE_DEFAULT_PARTITION__', 'maybe=__HIVE_DEFAULT_PARTITION__']],
  ['yes', ['yes=true', 'yes=false', 'yes=true']],
  ['small', ['small=-2147483648', 'small=2147483647', 'small=-2147483648']],
])('rows go to the folders of %s', (name, expected) => {
  expect(paths(columnCodes(batch, at(name), () => {}))).toEqual(expected)
})

test('rows go to the folders of their day, those without an instant to that of null', () => {
  const codes = dayCodes(batch, at('atOrNull'), yearMonthDay('atOrNull', { pad: true }), () => {})
  const none = ['year', 'month', 'day'].map((name) => `${name}=__HIVE_DEFAULT_PARTITION__`).join('/')
  expect(paths(codes)).toEqual(['year=1969/month=12/day=31', none, 'year=1969/month=12/day=31'])
})

test('rows go to the folders of their buckets, those without a value to that of null', () => {
  const texts = ['iceberg', 'iceberg', 'ticket'].map((maybe) => ({ ...plain, maybe }))
  const field = Every.fields[at('maybe')] as Field
  const codes = bucketCodes(Batch.of(Every, [...texts, plain]), [at('maybe')], field, bucket('maybe', 16), () => {})
  // 1210000089 modulo 16.
  expect(paths(codes)).toEqual([
    'maybe_bucket=9',
    'maybe_bucket=9',
    expect.stringMatching(/^maybe_bucket=\d+$/),
    'maybe_bucket=__HIVE_DEFAULT_PARTITION__',
  ])
  const all = bucketCodes(Batch.of(Every, texts), [at('maybe')], field, bucket('maybe', 1), () => {})
  expect(paths(all)).toEqual(['maybe_bucket=0', 'maybe_bucket=0', 'maybe_bucket=0'])
})

test('the different values are counted as they come, and a name too long for a folder is refused', () => {
  const counted: number[] = []
  columnCodes(batch, at('small'), (distinct) => counted.push(distinct))
  expect(counted).toEqual([1, 2])
  expect(() => segment('text', 'x'.repeat(300))).toThrowError(expect.objectContaining({ code: 'SINK_FAILED' }))
})
