import { bytes, date, decimal, defineSchema, instant, json, Ticket } from '@tickets/core'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { deriveAvro } from './derive.ts'

test('a schema of tickets', () => {
  expect(deriveAvro(Ticket).schema).toEqual({
    type: 'record',
    name: 'ticket',
    fields: [
      { name: 'ticket_id', type: 'string' },
      { name: 'client_id', type: 'string' },
      { name: 'created_at', type: { type: 'long', logicalType: 'timestamp-millis' } },
      { name: 'request', type: 'string' },
      { name: 'request_type', type: { type: 'enum', name: 'ticket_request_type', symbols: ['billing', 'technical', 'account', 'general'] } },
      { name: 'priority', type: { type: 'enum', name: 'ticket_priority', symbols: ['low', 'medium', 'high', 'critical'] } },
    ],
  })
})

test('what may be missing is a union with null, and null by default', () => {
  const schema = defineSchema(z.object({ at: instant(), a: z.int().optional(), b: z.array(z.string().nullable()) }), { name: 'one', time: 'at' })
  expect(deriveAvro(schema).schema).toMatchObject({
    fields: [{}, { name: 'a', type: ['null', 'long'], default: null }, { name: 'b', type: { type: 'array', items: ['null', 'string'] } }],
  })
})

test('every kind of column has a type, and names of types stand once', () => {
  const schema = defineSchema(
    z.object({
      at: instant(),
      day: date(),
      cost: decimal(9, 2),
      any: json(),
      raw: bytes(),
      small: z.int32(),
      level: z.enum(['a-b', 'c']),
      a: z.object({ b_c: z.enum(['X']) }),
      a_b: z.object({ c: z.enum(['X']) }),
      tags: z.record(z.string(), z.number()),
    }),
    { name: 'my-rows', time: 'at' },
  )
  const { schema: avro, convert } = deriveAvro(schema)
  expect(JSON.stringify(avro).match(/"name":"my_rows_a_b_c_?"/g)).toHaveLength(2)
  expect(avro).toMatchObject({ name: 'my_rows' })
  const row = {
    at: new Date(5),
    day: '1970-01-03',
    cost: '-0.01',
    any: { k: [1] },
    raw: Uint8Array.of(1),
    small: 7,
    level: 'a-b' as const,
    a: { b_c: 'X' as const },
    a_b: { c: 'X' as const },
    tags: { t: 0.5 },
  }
  expect(convert(row)).toEqual({ ...row, at: 5, day: 2, cost: Buffer.from([255]), any: '{"k":[1]}', raw: Buffer.from([1]) })
})

test('a name that Avro does not allow is refused', () => {
  const schema = defineSchema(z.object({ at: instant(), inner: z.object({ 'a-b': z.string() }) }), { name: 'one', time: 'at' })
  expect(() => deriveAvro(schema)).toThrow(expect.objectContaining({ code: 'SCHEMA_UNSUPPORTED', message: expect.stringContaining('inner.a-b') }))
})
