import { expect, test } from 'vitest'
import { MAGIC } from './avro-schema.ts'
import { readAvro } from './read-avro.ts'
import { writeAvro } from './write-avro.ts'

const schema = { type: 'record', name: 'row', fields: [{ name: 'x', type: { type: 'array', items: 'long' } }] } as const

test('reads blocks of arrays that say how many bytes they have', () => {
  const file = Buffer.from(writeAvro(schema, [], { 'avro.codec': 'null' }))
  // One record of five bytes: two items in four bytes of a block, then the end.
  const block = Buffer.from([2, 10, 3, 4, 6, 8, 0])
  const whole = Buffer.concat([file, block, Buffer.alloc(16)])
  expect(readAvro(whole, 'x').records).toEqual([{ x: [3, 4] }])
})

test('says where a file cannot be read, and why', () => {
  const file = writeAvro(schema, [{ x: [1, 2, 3] }])
  const broken = Uint8Array.from(file)
  broken[broken.length - 1] = 1
  const cases: readonly [Uint8Array, RegExp][] = [
    [new Uint8Array(0), /a\/m\.avro cannot be read \(the file ends within a value\)/],
    [Uint8Array.from([...MAGIC].reverse()), /does not begin as an Avro file/],
    [file.subarray(0, file.length - 3), /ends within a value/],
    [broken, /a block does not end as it should/],
    [writeAvro(schema, [{ x: [] }], { 'avro.codec': 'snappy' }), /its codec is snappy/],
  ]
  for (const [bytes, message] of cases) {
    expect(() => readAvro(bytes, 'a/m.avro')).toThrow(message)
    expect(() => readAvro(bytes, 'a/m.avro')).toThrow(expect.objectContaining({ code: 'TARGET_UNUSABLE' }))
  }
})
