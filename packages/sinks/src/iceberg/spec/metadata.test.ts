import { expect, test } from 'vitest'
import { currentSchema, currentSnapshot, mainSnapshotId, type TableMetadata } from './metadata.ts'

const snapshot = { 'snapshot-id': 5, 'sequence-number': 1, 'timestamp-ms': 0, 'manifest-list': 'x', summary: {} }
const with_ = (part: Partial<TableMetadata>) => ({ schemas: [], snapshots: [snapshot], ...part }) as unknown as TableMetadata

test('the snapshot that readers see is that of the branch main, or the current one of tables without branches', () => {
  expect(mainSnapshotId(with_({ refs: { main: { 'snapshot-id': 5, type: 'branch' } }, 'current-snapshot-id': 4 }))).toBe(5)
  expect(mainSnapshotId(with_({ 'current-snapshot-id': 5 }))).toBe(5)
  for (const none of [-1, null, undefined]) expect(mainSnapshotId(with_({ 'current-snapshot-id': none } as never)), String(none)).toBeNull()
  expect(currentSnapshot(with_({ 'current-snapshot-id': 5 }))).toBe(snapshot)
  expect(currentSnapshot(with_({}))).toBeNull()
})

test('the current schema is found by its id', () => {
  const schemas = [0, 3].map((id) => ({ type: 'struct' as const, 'schema-id': id, fields: [] }))
  expect(currentSchema(with_({ schemas, 'current-schema-id': 3 }))).toBe(schemas[1])
})
