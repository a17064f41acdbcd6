import {
  type AvroField,
  type AvroObject,
  type AvroRecord,
  type AvroSchema,
  type AvroValue,
  type Names,
  namesIn,
  resolved,
} from '../avro/avro-schema.ts'
import { readAvro } from '../avro/read-avro.ts'
import { STATUS } from './manifest.ts'
import type { ManifestFile } from './manifest-list.ts'

/** What a file of a table holds. */
export const CONTENT = { data: 0, positionDeletes: 1, equalityDeletes: 2 } as const

/** A file of a table as its manifest has it, whoever wrote that. */
export interface LiveFile {
  readonly address: string
  /** One of `CONTENT`. */
  readonly content: number
  readonly format: string
  readonly rows: number
  /** The sequence number of its data: deletes of a lower one do not apply to it. */
  readonly sequence: number
  readonly spec: number
  /** The values that its spec divides files by, in the order of the spec. */
  readonly partition: readonly AvroValue[]
  /** Those values as Avro has them. */
  readonly partitionFields: readonly AvroField[]
  /** How often columns are null, those alone that were asked for. */
  readonly nulls: ReadonlyMap<number, number>
  readonly lower: ReadonlyMap<number, Uint8Array>
  readonly upper: ReadonlyMap<number, Uint8Array>
}

/** Returns the members of a record, which may be null, by their ids. */
function membersOf(type: AvroSchema | undefined, names: Names): ReadonlyMap<number, AvroField> {
  const schema = type === undefined ? 'null' : resolved(type, names)
  const record = Array.isArray(schema) ? (schema as readonly AvroSchema[]).map((one) => resolved(one, names)).find((one) => one !== 'null') : schema
  return new Map(((record as AvroObject | undefined)?.fields ?? []).map((field) => [Number(field['field-id']), field]))
}

/** Returns the members, for some columns, of a map whose keys are the ids of columns. */
const byColumn = <V>(map: AvroValue | undefined, columns: ReadonlySet<number>): Map<number, V> =>
  new Map(
    (Array.isArray(map) ? (map as readonly { key: number; value: V }[]) : []).flatMap(({ key, value }) => (columns.has(key) ? [[key, value]] : [])),
  )

/** Returns bounds of some columns as bytes of their own, so that they do not keep the whole manifest in memory. */
const boundsOf = (map: AvroValue | undefined, columns: ReadonlySet<number>): Map<number, Uint8Array> =>
  new Map([...byColumn<Uint8Array>(map, columns)].map(([column, bound]) => [column, bound.slice()]))

/** Returns the files that a manifest has and that are not deleted, with the bounds of some columns: tables have many columns and more files. */
export function liveFiles(bytes: Uint8Array, manifest: ManifestFile, columns: ReadonlySet<number>): LiveFile[] {
  const { schema, records } = readAvro(bytes, manifest.manifest_path)
  const names = namesIn(schema)
  const entry = membersOf(schema, names)
  const file = membersOf(entry.get(2)?.type, names)
  const partition = [...membersOf(file.get(102)?.type, names).values()]
  const of = (record: AvroRecord, fields: ReadonlyMap<number, AvroField>, id: number) => record[fields.get(id)?.name ?? ''] ?? null
  return records
    .filter((record) => of(record, entry, 0) !== STATUS.deleted)
    .map((record): LiveFile => {
      const data = of(record, entry, 2) as AvroRecord
      const values = (of(data, file, 102) ?? {}) as AvroRecord
      return {
        address: String(of(data, file, 100)),
        content: Number(of(data, file, 134) ?? CONTENT.data),
        format: String(of(data, file, 101)).toUpperCase(),
        rows: Number(of(data, file, 103)),
        sequence: Number(of(record, entry, 3) ?? manifest.sequence_number),
        spec: manifest.partition_spec_id,
        partition: partition.map(({ name }) => values[name] ?? null),
        partitionFields: partition,
        nulls: byColumn(of(data, file, 110), columns),
        lower: boundsOf(of(data, file, 125), columns),
        upper: boundsOf(of(data, file, 128), columns),
      }
    })
}
