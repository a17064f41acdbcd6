import {
  DateDay,
  Decimal,
  Dictionary,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  LargeUtf8,
  makeData,
  makeVector,
  Table,
  type Timestamp,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  TimestampSecond,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { defineSchema } from '../../schema/define.ts'
import { date } from '../../values/date.ts'
import { decimal } from '../../values/decimal.ts'
import { instant } from '../../values/instant.ts'
import { Batch } from '../batch.ts'
import { type Comparables, comparablesOf, namesInIpc, readComparables } from './comparables.ts'

const Rows = defineSchema(
  z.object({
    at: instant(),
    text: z.string().nullable(),
    kind: z.enum(['a', 'b']),
    real: z.number(),
    whole: z.int(),
    small: z.int32().optional(),
    yes: z.boolean(),
    day: date(),
    price: decimal(10, 2),
  }),
  { name: 'rows', version: 1, time: 'at' },
)
const at = new Date('1969-12-31T23:59:59.250Z')
const row = { at, text: '\ufeffü', kind: 'b' as const, real: -0, whole: -(2 ** 53) + 1, small: -7, yes: true, day: '1969-12-31', price: '-12.50' }
const { small: _, ...bare } = row
const batch = Batch.of(Rows, [row, { ...bare, text: null, real: Number.POSITIVE_INFINITY, yes: false, price: '0.00' }])

const valuesOf = (rows: Comparables, name: string) => Array.from({ length: rows.length }, (_, i) => rows.column(name)?.(i))
const read = (columns: Record<string, unknown>) => {
  const [rows] = readComparables(tableToIPC(new Table(columns as never)))
  if (!rows) expect.fail('there are rows')
  return rows
}

test('values of a batch, which === compares', () => {
  const rows = comparablesOf(batch)
  const found = Object.fromEntries(Rows.fields.map(({ name }) => [name, valuesOf(rows, name)]))
  expect(found).toEqual({
    at: [-750, -750],
    text: ['\ufeffü', null],
    kind: ['b', 'b'],
    real: [0, 'Infinity'],
    whole: [-(2 ** 53) + 1, -(2 ** 53) + 1],
    small: [-7, null],
    yes: [true, false],
    day: [-1, -1],
    price: ['-12.5', '0'],
  })
  expect(rows.column('none')).toBe(null)
})

test('a value is the same one in every type that another writer may give it', () => {
  const long = vectorFromArray(['x', null, 'longer'], new LargeUtf8())
  const columns = {
    long,
    coded: vectorFromArray(['x', null, 'x'], new Dictionary(new Utf8(), new Int32())),
    int16: vectorFromArray([1, null, -1], new Int16()),
    int64: vectorFromArray([1n, null, -(2n ** 60n)], new Int64()),
    float: vectorFromArray([1, null, Number.NaN], new Float32()),
    double: vectorFromArray([1, null, -0], new Float64()),
    day: vectorFromArray([new Date(-86_400_000), null, new Date(0)], new DateDay()),
  }
  const rows = read(columns)
  expect(Object.fromEntries(Object.keys(columns).map((name) => [name, valuesOf(rows, name)]))).toEqual({
    long: ['x', null, 'longer'],
    coded: ['x', null, 'x'],
    int16: [1, null, -1],
    int64: [1, null, String(-(2n ** 60n))],
    float: [1, null, 'NaN'],
    double: [1, null, 0],
    day: [-1, null, 0],
  })
})

test('an instant is the same one in every unit, and one between two milliseconds is none of ours', () => {
  const data = (type: Timestamp, values: bigint[]) => {
    const column = makeData({ type, length: values.length, nullCount: 0, data: BigInt64Array.from(values) } as never)
    return valuesOf(read({ at: makeVector(column as never) }), 'at')
  }
  expect(data(new TimestampSecond('UTC'), [-1n])).toEqual([-1000])
  expect(data(new TimestampMillisecond('UTC'), [-1000n])).toEqual([-1000])
  expect(data(new TimestampMicrosecond('UTC'), [-1_000_000n, 1n])).toEqual([-1000, '1/1000000'])
  expect(data(new TimestampNanosecond(), [-1_000_000_000n, -1n])).toEqual([-1000, '-1/1000000000'])
})

test('a decimal is the same one with more digits behind the point', () => {
  const words = Uint32Array.of(15000, 0, 0, 0)
  const column = makeData({ type: new Decimal(4, 20, 128), length: 1, nullCount: 0, data: words } as never)
  expect(valuesOf(read({ n: makeVector(column as never) }), 'n')).toEqual(['1.5'])
})

test('names the columns, and refuses those that cannot be compared', () => {
  const columns = { n: vectorFromArray([1], new Int32()), list: vectorFromArray([[1]]) }
  expect(namesInIpc(tableToIPC(new Table(columns as never)))).toEqual(['n', 'list'])
  expect(() => read(columns).column('list')).toThrow(/column "list" is List.*cannot be told apart/)
})
