import type { TaskId } from '@tickets/core'
import type { Change } from './catalog/catalog.ts'
import type { MergedSchema } from './spec/iceberg-schema.ts'
import {
  currentSchema,
  currentSnapshot,
  type IcebergSchema,
  type Long,
  MAIN,
  mainSnapshotId,
  type Snapshot,
  type TableMetadata,
} from './spec/metadata.ts'

const PREFIX = 'tickets.'

/** A log's id has no dot, and a task may: its dots are escaped, so that no two writers share a name. */
const escaped = (text: string) => text.replace(/[%.]/g, (character) => (character === '.' ? '%2E' : '%25'))

/** Returns the table property that holds the number of the last range of a flow of a task. */
export const progressOf = ({ logId, task, flow }: TaskId): string => `${PREFIX}${escaped(logId)}.${escaped(task)}.${flow}`

/** Returns the table property by which a log remembers that it has replaced what stood in the table. */
export const beginningOf = (logId: string): string => `${PREFIX}${escaped(logId)}`

/** Returns whether a table property is one of these, and of another log. */
export const isOfOther = (property: string, logId: string): boolean =>
  property.startsWith(PREFIX) && property !== beginningOf(logId) && !property.startsWith(`${beginningOf(logId)}.`)

/** What a snapshot adds to a table, or takes from it. */
export interface Counts {
  readonly files: number
  readonly rows: number
  readonly bytes: number
}

const MOST = 2 ** 53
/** Returns a random id that every number holds. */
export function randomId(): number {
  const [high = 0, low = 0] = globalThis.crypto.getRandomValues(new Uint32Array(2))
  return ((high * 2 ** 32 + low) % (MOST - 1)) + 1
}

const NONE: Counts = { files: 0, rows: 0, bytes: 0 }

type Summary = Readonly<Record<string, string>>

/** Returns the summary of a snapshot that adds files, and files that delete rows by their positions: what it adds, and what the table has then, where that was known before. */
export function addingSummary(before: Snapshot | null, { files, rows, bytes }: Counts, deletes: Counts = NONE): Summary {
  const total = (name: string, added: number) => {
    const known = before ? Number(before.summary[name] ?? Number.NaN) : 0
    return Number.isNaN(known) ? {} : { [name]: String(known + added) }
  }
  return {
    operation: deletes.files === 0 ? 'append' : files === 0 ? 'delete' : 'overwrite',
    'added-data-files': String(files),
    'added-records': String(rows),
    'added-files-size': String(bytes + deletes.bytes),
    ...(deletes.files > 0 && {
      'added-delete-files': String(deletes.files),
      'added-position-delete-files': String(deletes.files),
      'added-position-deletes': String(deletes.rows),
    }),
    ...total('total-data-files', files),
    ...total('total-records', rows),
    ...total('total-files-size', bytes + deletes.bytes),
    ...total('total-delete-files', deletes.files),
    ...total('total-position-deletes', deletes.rows),
    ...total('total-equality-deletes', 0),
  }
}

const nothing = ['data-files', 'records', 'files-size', 'delete-files', 'position-deletes', 'equality-deletes']

/** A manifest that takes files from a table; `content` is 1 for those that delete rows. */
interface Removed extends Pick<Counts, 'files' | 'rows'> {
  readonly entry: { readonly content: number }
}

/** Returns the summary of a snapshot that takes all files from a table. */
export function removingSummary(removed: readonly Removed[]): Summary {
  const of = (content: number) => removed.filter(({ entry }) => entry.content === content)
  const sum = (some: readonly Removed[], count: 'files' | 'rows') => String(some.reduce((total, one) => total + one[count], 0))
  const deletes = of(1)
  return {
    operation: 'delete',
    'deleted-data-files': sum(of(0), 'files'),
    'deleted-records': sum(of(0), 'rows'),
    ...(deletes.length > 0 && { 'removed-delete-files': sum(deletes, 'files') }),
    ...Object.fromEntries(nothing.map((name) => [`total-${name}`, '0'])),
  }
}

/** A snapshot to be added behind the one that readers see. */
export interface NewSnapshot {
  readonly id: Long
  readonly manifestList: string
  readonly summary: Summary
  readonly now: number
}

/** Returns the change that makes a snapshot the one that readers see, and sets and removes table properties in the same commit. */
export function snapshotChange(
  metadata: TableMetadata,
  { id, manifestList, summary, now }: NewSnapshot,
  properties: { readonly set: Readonly<Record<string, string>>; readonly remove?: readonly string[] },
): Change {
  const { set, remove = [] } = properties
  const parent = mainSnapshotId(metadata)
  const snapshot: Snapshot = {
    'snapshot-id': id,
    ...(parent !== null && { 'parent-snapshot-id': parent }),
    'sequence-number': metadata['last-sequence-number'] + 1,
    // Readers look for the snapshot of a moment by these times, which may not run backwards.
    'timestamp-ms': Math.max(now, metadata['last-updated-ms'], currentSnapshot(metadata)?.['timestamp-ms'] ?? 0),
    'manifest-list': manifestList,
    summary,
    'schema-id': metadata['current-schema-id'],
  }
  return {
    requirements: [
      { type: 'assert-table-uuid', uuid: metadata['table-uuid'] },
      { type: 'assert-ref-snapshot-id', ref: MAIN, 'snapshot-id': parent },
      { type: 'assert-current-schema-id', 'current-schema-id': metadata['current-schema-id'] },
    ],
    updates: [
      { action: 'add-snapshot', snapshot },
      { action: 'set-snapshot-ref', 'ref-name': MAIN, type: 'branch', 'snapshot-id': id },
      { action: 'set-properties', updates: set },
      ...(remove.length > 0 ? ([{ action: 'remove-properties', removals: remove }] as const) : []),
    ],
  }
}

/** Returns the change that gives a table other columns, where nobody else does it first. */
export const schemaChange = (metadata: TableMetadata, { fields, lastColumnId }: MergedSchema): Change => ({
  requirements: [
    { type: 'assert-table-uuid', uuid: metadata['table-uuid'] },
    { type: 'assert-current-schema-id', 'current-schema-id': metadata['current-schema-id'] },
    { type: 'assert-last-assigned-field-id', 'last-assigned-field-id': metadata['last-column-id'] },
  ],
  updates: [
    { action: 'add-schema', schema: { ...(currentSchema(metadata) as IcebergSchema), fields }, 'last-column-id': lastColumnId },
    { action: 'set-current-schema', 'schema-id': -1 },
  ],
})
