import { expect, test } from 'vitest'
import { parseAvro } from './parse.ts'

const parsed = (schema: unknown) => parseAvro(JSON.stringify(schema), new Map())

test('names are found in the namespace of the record around them', () => {
  const inner = { type: 'fixed', name: 'Id', size: 4 }
  const schema = {
    type: 'record',
    name: 'Row',
    namespace: 'shop',
    fields: [
      { name: 'a', type: inner },
      { name: 'b', type: 'Id' },
      { name: 'c', type: 'shop.Id' },
      { name: 'd', type: ['null', { type: 'array', items: 'Id' }] },
    ],
  }
  const type = parsed(schema)
  expect(type.type === 'record' && type.name).toBe('shop.Row')
  const [a, b, c] = type.type === 'record' ? type.fields : []
  expect(a?.type).toMatchObject({ type: 'fixed', name: 'shop.Id', size: 4 })
  expect(b?.type).toBe(a?.type)
  expect(c?.type).toBe(a?.type)
})

test('names of earlier schemas are known', () => {
  const names = new Map()
  parseAvro('{"type":"enum","name":"a.E","symbols":["X"]}', names)
  expect(parseAvro('["null","a.E"]', names)).toEqual({ type: 'union', branches: [{ type: 'null', logical: null }, names.get('a.E')] })
})

test.each([
  [
    { type: 'long', logicalType: 'timestamp-micros' },
    { is: 'timestamp', perMilli: 1000 },
  ],
  [{ type: 'int', logicalType: 'date' }, { is: 'date' }],
  [
    { type: 'bytes', logicalType: 'decimal', precision: 4, scale: 2 },
    { is: 'decimal', scale: 2 },
  ],
  [{ type: 'bytes', logicalType: 'decimal', precision: 2, scale: 4 }, null],
  [{ type: 'string', logicalType: 'date' }, null],
  [{ type: 'long', logicalType: 'my-own' }, null],
  [{ type: 'string', logicalType: 'uuid' }, { is: 'uuid' }],
])('%j', (schema, logical) => {
  expect(parsed(schema)).toMatchObject({ logical })
})

test.each([
  ['"nope"', 'it names the type nope'],
  ['{"type":"record"}', 'a record has no name'],
  ['{"type":"fixed","name":"F"}', 'the fixed F has no size'],
  ['7', '7 is no type'],
])('%s is refused', (text, message) => {
  expect(() => parseAvro(text, new Map())).toThrow(message)
})
