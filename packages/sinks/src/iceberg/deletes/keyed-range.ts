import { dirname } from 'node:path'
import type { TableKey } from '../../keyed/table-key.ts'
import { RangeKeys, type Superseded, withoutDeleted } from '../../upserts/range-keys.ts'
import type { AvroField, AvroValue } from '../avro/avro-schema.ts'
import { CONTENT, type LiveFile } from '../manifest/live-files.ts'
import type { FileToAdd } from '../manifest/manifest.ts'
import { partitionFields } from '../manifest/manifest-schemas.ts'
import type { KnownManifests } from '../manifest/snapshot-files.ts'
import type { TableMetadata } from '../spec/metadata.ts'
import { type KnownSpec, partitionValues } from '../spec/partition-spec.ts'
import type { DeletedRows, ReadFile } from './deleted-rows.ts'
import { columnsOfKey, constantsOf, mayHaveKeys } from './key-columns.ts'
import { partitionId } from './partition-id.ts'
import { DELETE_COLUMNS, type FilePositions } from './position-deletes.ts'
import { readableDeletes } from './readable-files.ts'

/** Rows that a range deletes from the files of one partition, in the order of their addresses. */
export interface PartitionDeletes {
  readonly spec: number
  readonly partition: readonly AvroValue[]
  readonly fields: readonly AvroField[]
  readonly deleted: FilePositions[]
}

/** What a range with keys does to a table. */
export interface KeyedChanges {
  /** The files of the range that have rows to stay. */
  readonly added: readonly FileToAdd[]
  readonly deletes: readonly PartitionDeletes[]
}

/** A table as a try of a commit finds it. */
export interface FoundTable {
  readonly name: string
  readonly metadata: TableMetadata
  /** The specs by which the files of the range are divided. */
  readonly specs: ReadonlyMap<number, KnownSpec>
  /** Returns its files, with the bounds of some columns. Manifests that are known are not read again. */
  files(columns: ReadonlySet<number>, known: KnownManifests): Promise<readonly LiveFile[]>
  readonly location: string
  readonly read: ReadFile
}

/**
 * A range whose rows replace others, or delete them, by their keys (docs/internals/protocol.md#6.8). It is asked again at each try of its commit, and keeps
 * what it has read of manifests and data files, so that a fast writer does not make it start anew each time.
 */
export class KeyedRange {
  readonly #key: TableKey
  readonly #files: readonly FileToAdd[]
  readonly #deleted: DeletedRows
  #keys: Promise<RangeKeys> | null = null
  /** What tries have read of the data files of the table, by their addresses. */
  readonly #hits = new Map<string, Superseded>()
  /** What they have read of its manifests. */
  readonly #manifests: KnownManifests = new Map()

  constructor(key: TableKey, files: readonly FileToAdd[], deleted: DeletedRows) {
    this.#key = key
    this.#files = files
    this.#deleted = deleted
  }

  /**
   * Finds the rows that the range replaces or deletes in a table as it is, and those of its own that are no part of it.
   *
   * @throws `TARGET_UNUSABLE` for a table of which others made something else since the start
   */
  async changes(table: FoundTable): Promise<KeyedChanges> {
    const { metadata, location, read, name } = table
    const addressOf = ({ file }: FileToAdd) => `${location}/${file.name}`
    this.#keys ??= RangeKeys.read(
      this.#key,
      this.#files.map((file) => ({ read: () => read(addressOf(file)) })),
    )
    const keys = await this.#keys
    const columns = columnsOfKey(metadata, this.#key, name)
    const files = await table.files(new Set([...[...columns.values()].map(({ id }) => id), DELETE_COLUMNS.path]), this.#manifests)
    const possible = files.filter((file) => file.content === CONTENT.data && mayHaveKeys(file, keys, columns))
    const deleteFiles = readableDeletes(possible, files, { name, location })
    const deleted = await this.#deleted.of(possible, deleteFiles, read)
    const candidates = possible.filter((file) => hasRows(file, deleted.get(file) ?? NONE))
    const found: Superseded[] = []
    const partitions = new Map<string, PartitionDeletes>()
    const addresses = new Set(candidates.map(({ address }) => address))
    for (const address of this.#hits.keys()) if (!addresses.has(address)) this.#hits.delete(address)
    for (const file of candidates) {
      const { address } = file
      const hits = this.#hits.get(address) ?? (await keys.superseded({ read: () => read(address), constants: constantsOf(file, columns, metadata) }))
      this.#hits.set(address, hits)
      const left = withoutDeleted(hits, deleted.get(file) ?? NONE)
      found.push(left)
      if (left.rows.length > 0) addDeletes(partitions, { ...file, fields: file.partitionFields }, { address, positions: left.rows })
    }
    const dropped = keys.dropped(found)
    const added = this.#files.filter((_, i) => (dropped[i]?.rows.length ?? 0) < (dropped[i]?.length ?? 1))
    for (const [i, file] of this.#files.entries()) {
      const rows = dropped[i]?.rows
      if (!rows || rows.length === 0 || !added.includes(file)) continue
      const { spec } = file.statistics
      const known = table.specs.get(spec)
      const within = file.file.name.includes('/') ? dirname(file.file.name) : ''
      const partition = partitionValues(within, known?.columns ?? [])
      addDeletes(partitions, { spec, partition, fields: partitionFields(known?.columns ?? []) }, { address: addressOf(file), positions: rows })
    }
    return { added, deletes: [...partitions.values()] }
  }
}

const NONE: ReadonlySet<number> = new Set()

/** Returns whether a file has rows that are not deleted. A table whose rows change often has many files without one. */
function hasRows({ rows }: LiveFile, deleted: ReadonlySet<number>): boolean {
  if (deleted.size < rows) return true
  for (let row = 0; row < rows; row++) if (!deleted.has(row)) return true
  return false
}

/** Adds deleted rows of a file to those of its partition. */
function addDeletes(all: Map<string, PartitionDeletes>, { spec, partition, fields }: Omit<PartitionDeletes, 'deleted'>, rows: FilePositions): void {
  const id = partitionId({ spec, partition })
  const same = all.get(id) ?? { spec, partition, fields, deleted: [] }
  same.deleted.push(rows)
  all.set(id, same)
}
