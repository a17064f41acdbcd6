import { expect, test } from 'vitest'
import { Batch } from '../batch/batch.ts'
import type { Field } from '../store/field.ts'
import { schemaOfFields } from './from-fields.ts'

const kinds = ['string', 'number', 'integer', 'int32', 'boolean', 'instant'] as const
const fields: Field[] = kinds.map((kind, i) => ({ name: kind, kind, values: [], optional: i % 2 === 1, nullable: i === 0 }))

test('a schema has exactly these columns, and no event time', () => {
  const schema = schemaOfFields(fields, { name: 'read', version: 3, keys: ['string'] })
  expect(schema).toMatchObject({ name: 'read', version: 3, keys: ['string'], time: '', fields })
  const row = { string: null, integer: 5, boolean: true }
  expect(Batch.of(schema, [row]).toArray()).toEqual([row])
})

test('an enum becomes text, since a file does not know its members', () => {
  const schema = schemaOfFields([{ name: 'kind', kind: 'enum', values: ['a'], optional: false, nullable: false }], { name: 'read' })
  expect(schema.fields[0]).toMatchObject({ kind: 'string', values: [] })
})
