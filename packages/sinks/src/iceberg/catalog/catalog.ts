import type { IcebergSchema, Long, PartitionSpec, Snapshot, TableMetadata } from '../spec/metadata.ts'
import type { TableStorage } from '../spec/table-storage.ts'

/** What must hold of a table for a change to be made, under the names of the REST catalog's specification. */
export type Requirement =
  | { readonly type: 'assert-table-uuid'; readonly uuid: string }
  | { readonly type: 'assert-ref-snapshot-id'; readonly ref: string; readonly 'snapshot-id': Long | null }
  | { readonly type: 'assert-current-schema-id'; readonly 'current-schema-id': number }
  | { readonly type: 'assert-last-assigned-field-id'; readonly 'last-assigned-field-id': number }

/** A part of a change, under the names of the REST catalog's specification. */
export type Update =
  | { readonly action: 'add-schema'; readonly schema: IcebergSchema; readonly 'last-column-id': number }
  /** -1: the one that this change adds. */
  | { readonly action: 'set-current-schema'; readonly 'schema-id': number }
  | { readonly action: 'add-snapshot'; readonly snapshot: Snapshot }
  | { readonly action: 'set-snapshot-ref'; readonly 'ref-name': string; readonly type: 'branch'; readonly 'snapshot-id': Long }
  | { readonly action: 'set-properties'; readonly updates: Readonly<Record<string, string>> }
  | { readonly action: 'remove-properties'; readonly removals: readonly string[] }

/** What is made at once, or not at all. */
export interface Change {
  readonly requirements: readonly Requirement[]
  readonly updates: readonly Update[]
}

/** A table that is made. */
export interface NewTable {
  /** An address: `file:///…` or `s3://…`. */
  readonly location: string
  readonly schema: IcebergSchema
  readonly spec: PartitionSpec
  readonly properties: Readonly<Record<string, string>>
}

/** One table of a catalog. */
export interface CatalogTable {
  /** The table's name, for messages. */
  readonly name: string
  /** Returns the table as it is now; null where there is none. */
  load(): Promise<TableMetadata | null>
  /** Makes the table, without rows; does nothing where there is one by now. */
  create(table: NewTable): Promise<void>
  /**
   * Makes a change, and returns false where a requirement does not hold any more. When it rejects, the change may have been made, or be made later: look.
   */
  commit(change: Change): Promise<boolean>
  /** Removes what processes that were killed have left, and finishes what they began. */
  cleanUp(): Promise<void>
}

/** Where Iceberg tables are registered; `restCatalog` and `fileCatalog` make one. */
export interface IcebergCatalog {
  readonly kind: 'rest' | 'file'
  /** @internal Opens a table, whose files lie in a storage. `suffix` belongs to a later version of a flow, such as `.v2`. */
  table(name: string | undefined, storage: TableStorage, suffix: string): CatalogTable
}
