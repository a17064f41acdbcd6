import { bytes, date, decimal, defineSchema, instant, json, Ticket } from '@tickets/core'
import { beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { deriveProtobuf } from './derive.ts'
import { protoMessages } from './files.ts'
import { loadProtobufjs } from './load.ts'

beforeAll(loadProtobufjs)

test('a schema of tickets', () => {
  const { schema, message } = deriveProtobuf(Ticket, null)
  expect(message).toBe('Ticket')
  expect(schema).toBe(`syntax = "proto3";
import "google/protobuf/timestamp.proto";
message Ticket {
  string ticket_id = 1;
  string client_id = 2;
  google.protobuf.Timestamp created_at = 3;
  string request = 4;
  string request_type = 5;
  string priority = 6;
}
`)
})

test('fields keep the numbers of the latest version', () => {
  const latest = 'syntax = "proto3"; message Ticket { string priority = 1; string gone = 2; string client_id = 7; }'
  const { schema } = deriveProtobuf(Ticket, latest)
  expect(schema).toContain('  reserved 2;\n')
  expect(schema).toContain('string priority = 1;')
  expect(schema).toContain('string client_id = 7;')
  expect(schema).toContain('string ticket_id = 8;')
})

test('every kind of column has a type that protobufjs encodes', () => {
  const schema = defineSchema(
    z.object({
      at: instant(),
      day: date().nullable(),
      cost: decimal(9, 2).optional(),
      any: json(),
      raw: bytes(),
      small: z.int32(),
      lines: z.array(z.object({ sku: z.string(), at: instant().optional() })),
      tags: z.record(z.string(), z.object({ n: z.number() })),
    }),
    { name: 'my-rows', time: 'at' },
  )
  const { schema: text, message, convert } = deriveProtobuf(schema, null)
  expect(message).toBe('MyRows')
  expect(text).toContain('optional string day = 2;')
  expect(text).toContain('repeated Lines lines = 7;')
  expect(text).toContain('map<string, Tags> tags = 8;')
  const type = protoMessages(text, [])[0]?.type
  const row = {
    at: new Date(-1),
    day: null,
    cost: '1.50',
    any: { a: [1, null, 'x', true] },
    raw: Uint8Array.of(1),
    small: -7,
    lines: [{ sku: 'a', at: new Date(1500) }],
    tags: { t: { n: 0.5 } },
  }
  const back = type?.decode(type.encode(convert(row)).finish()) as { toJSON(): unknown } | undefined
  expect(back?.toJSON()).toMatchObject({
    at: { seconds: '-1', nanos: 999_000_000 },
    cost: '1.50',
    small: -7,
    lines: [{ sku: 'a' }],
    tags: { t: { n: 0.5 } },
  })
  expect(back?.toJSON()).not.toHaveProperty('day')
})

test.each([
  ['a list that may be missing', z.array(z.string()).optional()],
  ['null in a list', z.array(z.string().nullable())],
  ['a list of lists or maps', z.array(z.array(z.string()))],
  ['a map that may be missing', z.record(z.string(), z.string()).nullable()],
])('%s is refused', (what, type) => {
  const schema = defineSchema(z.object({ at: instant(), x: type }), { name: 'one', time: 'at' })
  expect(() => deriveProtobuf(schema, null)).toThrow(expect.objectContaining({ code: 'SCHEMA_UNSUPPORTED', message: expect.stringContaining(what) }))
})

test('a name that Protobuf does not allow is refused', () => {
  const schema = defineSchema(z.object({ at: instant(), 'a-b': z.string() }), { name: 'one', time: 'at' })
  expect(() => deriveProtobuf(schema, null)).toThrow('column "a-b" is named with other characters')
})
