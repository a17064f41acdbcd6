import { expect, test } from 'vitest'
import type { TableMetadata } from '../spec/metadata.ts'
import { applyChange, newMetadata } from './apply-change.ts'
import type { Change, Requirement } from './catalog.ts'

const list = { type: 'list' as const, 'element-id': 3, element: 'string', 'element-required': false }
const schema = {
  type: 'struct' as const,
  'schema-id': 0,
  fields: [
    { id: 1, name: 'a', required: false, type: 'int' },
    { id: 2, name: 'b', required: false, type: list },
  ],
}
const made = newMetadata(
  {
    location: 'file:///t',
    schema,
    spec: { 'spec-id': 0, fields: [{ 'source-id': 1, 'field-id': 1000, name: 'a', transform: 'identity' }] },
    properties: { x: '1' },
  },
  1000,
)
const applied = (metadata: TableMetadata, updates: Change['updates'], requirements: readonly Requirement[] = [], now = 2000) =>
  applyChange(metadata, { requirements, updates }, 'file:///t/metadata/v1.metadata.json', now)
const snapshot = { 'snapshot-id': 5, 'sequence-number': 1, 'timestamp-ms': 2000, 'manifest-list': 'l', summary: { operation: 'append' } }
const append: Change['updates'] = [
  { action: 'add-snapshot', snapshot },
  { action: 'set-snapshot-ref', 'ref-name': 'main', type: 'branch', 'snapshot-id': 5 },
]

test('a new table has no rows, and knows the highest ids that it gave', () => {
  expect(made).toMatchObject({
    'format-version': 2,
    'last-column-id': 3,
    'last-partition-id': 1000,
    'current-snapshot-id': null,
    properties: { x: '1' },
    refs: {},
  })
})

test('a snapshot, columns and properties are one change', () => {
  const wider = { ...schema, fields: [...schema.fields, { id: 4, name: 'c', required: false, type: 'string' }] }
  const after = applied(made, [
    { action: 'add-schema', schema: wider, 'last-column-id': 4 },
    { action: 'set-current-schema', 'schema-id': -1 },
    ...append,
    { action: 'set-properties', updates: { y: '2' } },
    { action: 'remove-properties', removals: ['x'] },
  ])
  expect(after).toMatchObject({
    'current-schema-id': 1,
    'last-column-id': 4,
    'current-snapshot-id': 5,
    'last-sequence-number': 1,
    'last-updated-ms': 2000,
    refs: { main: { 'snapshot-id': 5, type: 'branch' } },
    'snapshot-log': [{ 'snapshot-id': 5, 'timestamp-ms': 2000 }],
    'metadata-log': [{ 'metadata-file': 'file:///t/metadata/v1.metadata.json', 'timestamp-ms': 1000 }],
  })
  expect(after?.properties).toEqual({ y: '2' })
  expect(after?.schemas.map((one) => one['schema-id'])).toEqual([0, 1])
  expect(applied(after as TableMetadata, [], [], 1500)).toMatchObject({ 'last-updated-ms': 2000 })
})

test.each<[Requirement, boolean]>([
  [{ type: 'assert-table-uuid', uuid: made['table-uuid'] }, true],
  [{ type: 'assert-table-uuid', uuid: 'another' }, false],
  [{ type: 'assert-ref-snapshot-id', ref: 'main', 'snapshot-id': null }, true],
  [{ type: 'assert-ref-snapshot-id', ref: 'main', 'snapshot-id': 5 }, false],
  [{ type: 'assert-ref-snapshot-id', ref: 'other', 'snapshot-id': null }, true],
  [{ type: 'assert-current-schema-id', 'current-schema-id': 0 }, true],
  [{ type: 'assert-current-schema-id', 'current-schema-id': 1 }, false],
  [{ type: 'assert-last-assigned-field-id', 'last-assigned-field-id': 3 }, true],
  [{ type: 'assert-last-assigned-field-id', 'last-assigned-field-id': 2 }, false],
])('a change that requires %j is made: %s', (requirement, isMade) => {
  expect(applied(made, append, [requirement]) !== null).toBe(isMade)
})

test('a table remembers as many earlier files as it says', () => {
  let metadata = applied(made, [{ action: 'set-properties', updates: { 'write.metadata.previous-versions-max': '2' } }]) as TableMetadata
  for (let i = 0; i < 5; i++) metadata = applied(metadata, []) as TableMetadata
  expect(metadata['metadata-log']).toHaveLength(2)
})
