import { expect, test } from 'vitest'
import { taskNamed } from '../../test/lake-helpers.ts'
import { addingSummary, beginningOf, isOfOther, progressOf, randomId, removingSummary, schemaChange, snapshotChange } from './snapshot.ts'
import type { TableMetadata } from './spec/metadata.ts'

test('no two flows of tasks share a property, whatever their names have in them', () => {
  expect(progressOf(taskNamed('tickets-0'))).toBe('tickets.log1.tickets-0.all')
  const names = ['a', 'a.b', 'a%2Eb', 'a.b.c'].flatMap((task) => ['x', 'b.x', 'b.c.x'].map((flow) => progressOf({ logId: 'l', task, flow })))
  expect(new Set(names).size).toBe(names.length)
  expect(isOfOther('tickets.log1.t.f', 'log1')).toBe(false)
  expect(isOfOther(beginningOf('log1'), 'log1')).toBe(false)
  for (const other of ['tickets.log2.t.f', 'tickets.log11.t.f', beginningOf('log2'), beginningOf('log11')])
    expect(isOfOther(other, 'log1'), other).toBe(true)
  expect(isOfOther('write.format', 'log1')).toBe(false)
})

test('ids are whole numbers that every reader holds', () => {
  const ids = Array.from({ length: 1000 }, randomId)
  expect(ids.every((id) => Number.isSafeInteger(id) && id > 0)).toBe(true)
  expect(new Set(ids).size).toBe(1000)
})

test('a summary counts what is added, and what the table has where that was known', () => {
  const counts = { files: 1, rows: 2, bytes: 3 }
  const first = addingSummary(null, counts)
  expect(first).toMatchObject({ operation: 'append', 'added-records': '2', 'total-records': '2', 'total-data-files': '1', 'total-delete-files': '0' })
  const before = { 'snapshot-id': 1, 'sequence-number': 1, 'timestamp-ms': 0, 'manifest-list': 'x', summary: first }
  expect(addingSummary(before, counts)).toMatchObject({ 'total-records': '4', 'total-files-size': '6' })
  expect(addingSummary({ ...before, summary: {} }, counts)).not.toHaveProperty('total-records')
  expect(removingSummary([{ files: 4, rows: 5, entry: { content: 0 } }])).toEqual({
    operation: 'delete',
    'deleted-data-files': '4',
    'deleted-records': '5',
    ...Object.fromEntries(
      Object.keys(first)
        .filter((name) => name.startsWith('total-'))
        .map((name) => [name, '0']),
    ),
  })
  const withDeletes = [0, 1, 1].map((content, i) => ({ files: i + 1, rows: 5, entry: { content } }))
  expect(removingSummary(withDeletes)).toMatchObject({ 'deleted-data-files': '1', 'deleted-records': '5', 'removed-delete-files': '5' })
  const none = { files: 0, rows: 0, bytes: 0 }
  const deletes = { files: 1, rows: 7, bytes: 10 }
  expect(addingSummary(before, counts, deletes)).toMatchObject({
    operation: 'overwrite',
    'added-files-size': '13',
    'added-delete-files': '1',
    'added-position-delete-files': '1',
    'added-position-deletes': '7',
    'total-records': '4',
    'total-delete-files': '1',
    'total-position-deletes': '7',
    'total-files-size': '16',
  })
  expect([addingSummary(before, none, deletes).operation, addingSummary(before, none).operation]).toEqual(['delete', 'append'])
})

test('a snapshot is required to follow the one that was read, in time too', () => {
  const metadata = {
    'table-uuid': 'u',
    'current-schema-id': 3,
    'last-sequence-number': 7,
    'last-updated-ms': 5000,
    refs: { main: { 'snapshot-id': 2n ** 62n, type: 'branch' } },
  } as unknown as TableMetadata
  const { requirements, updates } = snapshotChange(metadata, { id: 9, manifestList: 'l', summary: {}, now: 4000 }, { set: { p: '1' }, remove: ['q'] })
  expect(requirements).toEqual([
    { type: 'assert-table-uuid', uuid: 'u' },
    { type: 'assert-ref-snapshot-id', ref: 'main', 'snapshot-id': 2n ** 62n },
    { type: 'assert-current-schema-id', 'current-schema-id': 3 },
  ])
  expect(updates).toEqual([
    {
      action: 'add-snapshot',
      snapshot: {
        'snapshot-id': 9,
        'parent-snapshot-id': 2n ** 62n,
        'sequence-number': 8,
        'timestamp-ms': 5000,
        'manifest-list': 'l',
        summary: {},
        'schema-id': 3,
      },
    },
    { action: 'set-snapshot-ref', 'ref-name': 'main', type: 'branch', 'snapshot-id': 9 },
    { action: 'set-properties', updates: { p: '1' } },
    { action: 'remove-properties', removals: ['q'] },
  ])
})

test('new columns require the schema and the ids that were read', () => {
  const schema = { type: 'struct', 'schema-id': 3, fields: [], 'identifier-field-ids': [1] }
  const metadata = { 'table-uuid': 'u', 'current-schema-id': 3, 'last-column-id': 4, schemas: [schema] } as unknown as TableMetadata
  const fields = [{ id: 5, name: 'x', required: false, type: 'int' }]
  expect(schemaChange(metadata, { fields, lastColumnId: 5 })).toEqual({
    requirements: [
      { type: 'assert-table-uuid', uuid: 'u' },
      { type: 'assert-current-schema-id', 'current-schema-id': 3 },
      { type: 'assert-last-assigned-field-id', 'last-assigned-field-id': 4 },
    ],
    updates: [
      { action: 'add-schema', schema: { ...schema, fields }, 'last-column-id': 5 },
      { action: 'set-current-schema', 'schema-id': -1 },
    ],
  })
})
