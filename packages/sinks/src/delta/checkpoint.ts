import { Batch, type Field, type Kind, type Schema } from '@tickets/core'
import { schemaOfFields } from '@tickets/core/arrow'
import { parquetEncoder } from '../encoders/parquet.ts'
import type { Action } from './actions.ts'
import { readRows } from './parquet-reader.ts'
import type { TableState } from './table-state.ts'

const column = (name: string, kind: Kind, children?: readonly Field[]): Field => ({
  name,
  kind,
  values: [],
  optional: false,
  nullable: true,
  ...(children && { children }),
})
const text = (name: string) => column(name, 'string')
const whole = (name: string) => column(name, 'integer')
const texts = (name: string) => column(name, 'list', [text('element')])
const map = (name: string) => column(name, 'map', [text('value')])

/** The columns of a checkpoint (delta-io/delta, PROTOCOL.md, "Checkpoint Schema"): one action a row, the others null. */
const fields: readonly Field[] = [
  column('txn', 'struct', [text('appId'), whole('version'), whole('lastUpdated')]),
  column('add', 'struct', [
    text('path'),
    map('partitionValues'),
    whole('size'),
    whole('modificationTime'),
    column('dataChange', 'boolean'),
    text('stats'),
    map('tags'),
  ]),
  column('remove', 'struct', [
    text('path'),
    whole('deletionTimestamp'),
    column('dataChange', 'boolean'),
    column('extendedFileMetadata', 'boolean'),
    map('partitionValues'),
    whole('size'),
  ]),
  column('metaData', 'struct', [
    text('id'),
    text('name'),
    text('description'),
    column('format', 'struct', [text('provider'), map('options')]),
    text('schemaString'),
    texts('partitionColumns'),
    map('configuration'),
    whole('createdTime'),
  ]),
  column('protocol', 'struct', [
    column('minReaderVersion', 'int32'),
    column('minWriterVersion', 'int32'),
    texts('readerFeatures'),
    texts('writerFeatures'),
  ]),
]

const schema: Schema<Record<string, unknown>> = schemaOfFields(fields, { name: 'checkpoint', version: 1, keys: [] })
const encoder = parquetEncoder({ compression: 'snappy', rowGroupRows: 1 << 20, encodings: 'plain' })

/** Returns an object with every member that a column has, null where there is none. */
function complete(field: Field, value: unknown): unknown {
  if (value === undefined || value === null) return null
  if (field.kind !== 'struct') return value
  const members = value as Readonly<Record<string, unknown>>
  return Object.fromEntries((field.children ?? []).map((child) => [child.name, complete(child, members[child.name])]))
}

/** Returns the Parquet file of a checkpoint: the table as it is, without what was removed before `since`, in epoch milliseconds. */
export async function checkpointFile(state: TableState, since: number): Promise<{ readonly parts: readonly Uint8Array[]; readonly actions: number }> {
  const removed = [...state.removed.values()].filter(({ deletionTimestamp }) => Number(deletionTimestamp ?? 0) >= since)
  const actions: Action[] = [
    { protocol: state.protocol },
    { metaData: state.metaData },
    ...[...state.txns].map(([appId, version]) => ({ txn: { appId, version } })),
    // Nothing that a checkpoint repeats is a change.
    ...[...state.files.values()].map((add) => ({ add: { ...add, dataChange: false } })),
    ...removed.map((remove) => ({ remove: { ...remove, dataChange: false } })),
  ]
  const rows = actions.map((action) => Object.fromEntries(fields.map((field) => [field.name, complete(field, action[field.name as keyof Action])])))
  const parts = await encoder.encode(schema as Schema<unknown>, [Batch.of(schema, rows) as Batch<unknown>], new Map())
  return { parts: parts instanceof Uint8Array ? [parts] : parts, actions: actions.length }
}

/** Returns numbers for the bigints that 64-bit columns are read as. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === 'object' && value !== null && !(value instanceof Date))
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
  return value
}

/** Reads the file of a checkpoint. */
export async function readCheckpoint(bytes: Uint8Array): Promise<Action[]> {
  const rows = await readRows(
    bytes,
    fields.map(({ name }) => name),
  )
  return rows.map((row) => plain(row) as Action)
}
