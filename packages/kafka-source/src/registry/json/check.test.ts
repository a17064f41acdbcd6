import { expect, test } from 'vitest'
import type { Target } from '../target.ts'
import { checkJsonSchema } from './check.ts'

const member = (path: string, kind: Target['kind'], more: Partial<Target> = {}): Target => ({ path, kind, isRequired: true, ofNull: 'null', ...more })
const target = member('', 'struct', {
  members: new Map([
    ['id', member('id', 'integer')],
    ['at', member('at', 'instant', { time: 'iso' })],
    ['list', member('list', 'list', { element: member('list.element', 'decimal') })],
    ['note', member('note', 'string', { isRequired: false })],
  ]),
})
const properties = { id: { type: 'integer' }, at: { type: 'string' }, list: { type: ['array', 'null'], items: { type: 'number' } } }

test.each([
  ['the types of the columns', { type: 'object', properties, additionalProperties: false }],
  ['unknown types', { properties: { id: { $ref: '#/x' }, at: true } }],
  ['no properties', { type: 'object' }],
  ['a required column that is not described', { properties: { id: { type: 'number' } } }],
  ['any value', true],
])('a schema with %s is taken', (_, schema) => {
  expect(() => checkJsonSchema(schema, target)).not.toThrow()
})

test.each([
  [{ properties: { id: { type: 'string' } } }, 'id is of type string in messages, and integer here'],
  [{ properties: { at: { type: 'integer' } } }, 'at is of type integer in messages, and instant here'],
  [
    { properties: { list: { type: 'array', items: { type: ['boolean', 'null'] } } } },
    'list.element is of type boolean in messages, and decimal here',
  ],
  [{ properties: { id: {} }, additionalProperties: false }, 'at is required here, and messages do not have it (they have id)'],
  [{ type: 'array' }, 'a message is of type array in messages, and an object here'],
])('%j is refused', (schema, message) => {
  expect(() => checkJsonSchema(schema, target)).toThrow(
    expect.objectContaining({ code: 'SCHEMA_MISMATCH', message: expect.stringContaining(message) }),
  )
})
