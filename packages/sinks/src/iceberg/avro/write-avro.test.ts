import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AvroRecord, AvroSchema, AvroValue } from './avro-schema.ts'
import { readAvro } from './read-avro.ts'
import { writeAvro } from './write-avro.ts'

const record = (type: AvroSchema): AvroSchema => ({ type: 'record', name: 'row', fields: [{ name: 'x', type }] })
const bytesOf = (type: AvroSchema, x: AvroValue) => writeAvro(record(type), [{ x }], { 'avro.codec': 'null' })
/** The bytes of the one value: between the length of its block and the bytes at the end of it. */
const hexOf = (type: AvroSchema, x: AvroValue) => Buffer.from(bytesOf(type, x)).subarray(0, -16).toString('hex')

test('values are the bytes that the specification of Avro gives for them', () => {
  const examples: readonly [AvroSchema, AvroValue, string][] = [
    ['long', 0, '00'],
    ['long', -1, '01'],
    ['int', 1, '02'],
    ['long', -64, '7f'],
    ['long', 64, '8001'],
    ['long', 2n ** 63n - 1n, 'feffffffffffffffff01'],
    ['long', -(2n ** 63n), 'ffffffffffffffffff01'],
    ['boolean', true, '01'],
    ['string', 'foo', '06666f6f'],
    ['bytes', Uint8Array.of(1, 255), '0401ff'],
    ['double', 1.5, '000000000000f83f'],
    ['float', 1.5, '0000c03f'],
    [{ type: 'array', items: 'long' }, [3, 27], '04063600'],
    [{ type: 'map', values: 'int' }, { a: 1 }, '0202610200'],
    [['null', 'string'], null, '00'],
    [['null', 'string'], 'a', '020261'],
    [{ type: 'fixed', name: 'f', size: 2 }, Uint8Array.of(7, 8), '0708'],
    [{ type: 'enum', name: 'e', symbols: ['a', 'b'] }, 'b', '02'],
  ]
  for (const [type, value, hex] of examples) {
    const length = hex.length
    expect(hexOf(type, value), JSON.stringify(type)).toMatch(new RegExp(`02${length.toString(16).padStart(2, '0')}${hex}$`))
  }
})

test('records of every type are read as they were written, in blocks that are compressed', () => {
  const nested: AvroSchema = {
    type: 'record',
    name: 'row',
    fields: [
      { name: 'id', type: ['null', 'long'] },
      { name: 'name', type: 'string' },
      {
        name: 'list',
        type: [
          'null',
          {
            type: 'array',
            items: {
              type: 'record',
              name: 'item',
              fields: [
                { name: 'key', type: 'int' },
                { name: 'value', type: 'bytes' },
              ],
            },
          },
        ],
      },
      { name: 'again', type: { type: 'array', items: 'item' } },
    ],
  }
  const item = fc.record({ key: fc.integer(), value: fc.uint8Array({ maxLength: 9 }).map((bytes) => Uint8Array.from(bytes)) })
  const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value))
  const row = fc.record({ id: fc.option(long), name: fc.string({ unit: 'grapheme' }), list: fc.option(fc.array(item)), again: fc.array(item) })
  fc.assert(
    fc.property(fc.array(row), (rows) => {
      expect(readAvro(writeAvro(nested, rows as AvroRecord[]), 'x').records).toEqual(rows)
    }),
    { numRuns: 40 },
  )
  const many = Array.from({ length: 9000 }, (_, i) => ({ x: i }))
  const file = writeAvro(record('long'), many, { more: 'é' })
  const { records, metadata } = readAvro(file, 'x')
  expect([records.length, records.at(-1), metadata.get('more'), metadata.get('avro.codec')]).toEqual([9000, { x: 8999 }, 'é', 'deflate'])
})

test('a value that its type does not hold is refused', () => {
  for (const [type, value] of [
    ['int', 1.5],
    ['string', 1],
    [['null', 'string'], 1],
    ['long', null],
  ] as const)
    expect(() => bytesOf(type as AvroSchema, value as AvroValue), JSON.stringify(type)).toThrow(TypeError)
})

test('whole numbers of every size are read as they were written, and have the bytes that the specification gives', () => {
  /** The bytes of a number as the specification says it, without a short way for small ones. */
  const zigzag = (value: bigint) => {
    const bytes: number[] = []
    let left = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
    for (; left >= 0x80n; left >>= 7n) bytes.push(Number(left & 0x7fn) | 0x80)
    return Buffer.from([...bytes, Number(left)]).toString('hex')
  }
  const edges = Array.from({ length: 63 }, (_, bits) => 2n ** BigInt(bits)).flatMap((power) => [power - 1n, power, power + 1n])
  for (const value of edges.flatMap((edge) => [edge, -edge])) {
    const given = Number.isSafeInteger(Number(value)) ? Number(value) : value
    expect(hexOf('long', given).endsWith(zigzag(value)), String(value)).toBe(true)
    expect(readAvro(bytesOf('long', given), 'x').records).toEqual([{ x: given === 0 ? 0 : given }])
  }
})
