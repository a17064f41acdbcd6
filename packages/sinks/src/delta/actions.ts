import { type Json, TicketsError } from '@tickets/core'

// The actions of a Delta table's log, as its protocol names them (delta-io/delta, PROTOCOL.md, "Actions"). Paths are relative to the table and URL-encoded.

/** What a reader and a writer of the table must know. */
export interface Protocol {
  readonly minReaderVersion: number
  readonly minWriterVersion: number
  readonly readerFeatures?: readonly string[] | null
  readonly writerFeatures?: readonly string[] | null
}

/** The columns of the table, and its settings. */
export interface MetaData {
  readonly id: string
  readonly name?: string | null
  readonly description?: string | null
  readonly format: { readonly provider: string; readonly options?: Readonly<Record<string, string>> | null }
  /** A `StructType` as JSON. */
  readonly schemaString: string
  readonly partitionColumns: readonly string[]
  readonly configuration?: Readonly<Record<string, string>> | null
  readonly createdTime?: number | null
}

/** How far a writer has come; `version` only grows. */
export interface Txn {
  readonly appId: string
  readonly version: number
  readonly lastUpdated?: number | null
}

/** A file becomes part of the table. */
export interface Add {
  readonly path: string
  readonly partitionValues: Readonly<Record<string, string | null>>
  readonly size: number
  readonly modificationTime: number
  readonly dataChange: boolean
  readonly stats?: string | null
  readonly tags?: Readonly<Record<string, string>> | null
}

/** A file is no part of the table any more. */
export interface Remove {
  readonly path: string
  readonly deletionTimestamp?: number | null
  readonly dataChange: boolean
  readonly extendedFileMetadata?: boolean | null
  readonly partitionValues?: Readonly<Record<string, string | null>> | null
  readonly size?: number | null
}

/** One line of a commit. A line with another key says something of the commit, not of the table. */
export interface Action {
  readonly protocol?: Protocol | null
  readonly metaData?: MetaData | null
  readonly txn?: Txn | null
  readonly add?: Add | null
  readonly remove?: Remove | null
  readonly commitInfo?: Json
}

/** Returns the file of a commit: an action a line. */
export const commitText = (actions: readonly Action[]): string => actions.map((action) => `${JSON.stringify(action)}\n`).join('')

/** Reads the file of a commit. Throws `TARGET_UNUSABLE` for what is none. */
export function parseCommit(text: string, path: string): Action[] {
  try {
    return text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line) as Action)
  } catch (cause) {
    throw new TicketsError('TARGET_UNUSABLE', `${path} is no commit of a Delta table: restore it from a backup, or write to another folder`, {
      cause,
    })
  }
}

/**
 * Returns the path of a file as an action has it. Only what a URL cannot have is encoded, as Spark and delta-rs do: they find a file again by this text, and
 * delta-rs merges no file whose path has `%3D` for `=`.
 */
export const toPath = (name: string): string => encodeURI(name).replace(/[?#]/g, encodeURIComponent)

/** Returns where the file of an action lies in the table. */
export const nameOf = ({ path }: Pick<Add, 'path'>): string => decodeURIComponent(path)

/** Returns the action that takes a file from the table. */
export const removing = ({ path, partitionValues, size }: Add, now: number, dataChange: boolean): Action => ({
  remove: { path, deletionTimestamp: now, dataChange, extendedFileMetadata: true, partitionValues, size },
})
