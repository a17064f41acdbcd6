import { type IcebergSchema, type IcebergType, MAIN, mainSnapshotId, type TableMetadata } from '../spec/metadata.ts'
import type { Change, NewTable, Requirement, Update } from './catalog.ts'

/** Earlier metadata files that a table remembers, unless it says otherwise. */
const REMEMBERED = 100
const MANY = 'write.metadata.previous-versions-max'

/** Returns the metadata of a new table, as a catalog makes it. */
export function newMetadata({ location, schema, spec, properties }: NewTable, now: number): TableMetadata {
  return {
    'format-version': 2,
    'table-uuid': globalThis.crypto.randomUUID(),
    location,
    'last-sequence-number': 0,
    'last-updated-ms': now,
    'last-column-id': lastId(schema),
    'current-schema-id': schema['schema-id'],
    schemas: [schema],
    'default-spec-id': spec['spec-id'],
    'partition-specs': [spec],
    'last-partition-id': spec.fields.reduce((last, field) => Math.max(last, field['field-id']), 999),
    properties,
    'current-snapshot-id': null,
    snapshots: [],
    'snapshot-log': [],
    'metadata-log': [],
    'sort-orders': [{ 'order-id': 0, fields: [] }],
    'default-sort-order-id': 0,
    refs: {},
  }
}

/** Returns the highest id in a schema. */
function lastId(schema: IcebergSchema): number {
  const idsIn = (type: IcebergType): number[] => {
    if (typeof type === 'string') return []
    if (type.type === 'struct') return type.fields.flatMap((field) => [field.id, ...idsIn(field.type)])
    if (type.type === 'list') return [type['element-id'], ...idsIn(type.element)]
    return [type['key-id'], type['value-id'], ...idsIn(type.value)]
  }
  return Math.max(0, ...idsIn(schema))
}

function holds(metadata: TableMetadata, requirement: Requirement): boolean {
  switch (requirement.type) {
    case 'assert-table-uuid':
      return metadata['table-uuid'] === requirement.uuid
    case 'assert-ref-snapshot-id':
      return (
        (requirement.ref === MAIN ? mainSnapshotId(metadata) : (metadata.refs?.[requirement.ref]?.['snapshot-id'] ?? null)) ===
        requirement['snapshot-id']
      )
    case 'assert-current-schema-id':
      return metadata['current-schema-id'] === requirement['current-schema-id']
    case 'assert-last-assigned-field-id':
      return metadata['last-column-id'] === requirement['last-assigned-field-id']
  }
}

function updated(metadata: TableMetadata, update: Update, now: number): TableMetadata {
  const { schemas, snapshots = [], properties = {}, refs = {} } = metadata
  switch (update.action) {
    case 'add-schema': {
      const id = Math.max(...schemas.map((schema) => schema['schema-id'])) + 1
      return { ...metadata, schemas: [...schemas, { ...update.schema, 'schema-id': id }], 'last-column-id': update['last-column-id'] }
    }
    case 'set-current-schema': {
      const last = Math.max(...schemas.map((schema) => schema['schema-id']))
      return { ...metadata, 'current-schema-id': update['schema-id'] === -1 ? last : update['schema-id'] }
    }
    case 'add-snapshot':
      return { ...metadata, snapshots: [...snapshots, update.snapshot], 'last-sequence-number': update.snapshot['sequence-number'] }
    case 'set-snapshot-ref': {
      const id = update['snapshot-id']
      const changed = { ...metadata, refs: { ...refs, [update['ref-name']]: { 'snapshot-id': id, type: update.type } } }
      if (update['ref-name'] !== MAIN) return changed
      const log = [...(metadata['snapshot-log'] ?? []), { 'snapshot-id': id, 'timestamp-ms': now }]
      return { ...changed, 'current-snapshot-id': id, 'snapshot-log': log }
    }
    case 'set-properties':
      return { ...metadata, properties: { ...properties, ...update.updates } }
    case 'remove-properties':
      return { ...metadata, properties: Object.fromEntries(Object.entries(properties).filter(([key]) => !update.removals.includes(key))) }
  }
}

/**
 * Returns the metadata of a table after a change, as a catalog makes it; null where a requirement does not hold.
 *
 * @param file where the metadata before it lies
 */
export function applyChange(metadata: TableMetadata, { requirements, updates }: Change, file: string, now: number): TableMetadata | null {
  if (!requirements.every((requirement) => holds(metadata, requirement))) return null
  const changed = updates.reduce((before, update) => updated(before, update, now), metadata)
  const log = [...(metadata['metadata-log'] ?? []), { 'metadata-file': file, 'timestamp-ms': metadata['last-updated-ms'] }]
  const most = Number(changed.properties?.[MANY] ?? REMEMBERED)
  // Time does not run backwards within a table.
  const time = Math.max(now, metadata['last-updated-ms'])
  return { ...changed, 'last-updated-ms': time, 'metadata-log': log.slice(-(most >= 1 ? most : REMEMBERED)) }
}
