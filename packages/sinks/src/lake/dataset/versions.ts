import { join } from 'node:path'
import type { Field, Json, PipelineRecord } from '@tickets/core'
import { createIfAbsent, makeFolders, syncUpwards, valueIn, verifyChecksum, withChecksum } from '@tickets/core/internal'
import { type FileLayer, unless } from '@tickets/core/node'
import { lakeOf } from './parts.ts'

/** What a version of a dataset says about itself: a file in its hidden folder, with an extension of its own (docs/internals/protocol.md#7.1). */
export interface Manifest {
  readonly dataset: string
  readonly version: number
  /** The columns that it began with; compatible changes since stand in the files. */
  readonly schema: { readonly name: string; readonly fields: readonly Field[] }
  /** The package that began it, with its version. */
  readonly createdBy: string
  /** The id of the log that writes it. */
  readonly log: string
}

const NAME = 'version.manifest'

/** Equal to this package's name and version; a test compares them. */
export const CREATED_BY = '@tickets/sinks@0.1.0'

/** Returns the schema that a flow began with, from the pipeline record. */
export function schemaIn({ fingerprint }: PipelineRecord, flow: string): Manifest['schema'] | null {
  const flows = (fingerprint as { readonly flows?: { readonly [flow: string]: { readonly schema?: Json } } }).flows
  const print = flows && (valueIn(flows, flow) as { readonly schema?: Manifest['schema'] } | undefined)
  return print?.schema ?? null
}

/** Writes the manifest of a version if it has none. */
export async function writeManifest(files: FileLayer, dir: string, manifest: Manifest): Promise<void> {
  const folder = lakeOf(dir)
  const made = await makeFolders(files, folder)
  await syncUpwards(files, folder, made)
  await createIfAbsent(files, folder, NAME, `.${NAME}-${globalThis.crypto.randomUUID()}.tmp`, withChecksum(manifest))
}

/** Returns the manifest of a version, or null. */
export async function readManifest(files: FileLayer, dir: string): Promise<Manifest | null> {
  const file = join(lakeOf(dir), NAME)
  const bytes = await unless(files.readFile(file), ['ENOENT', 'ENOTDIR'], null)
  return bytes && (verifyChecksum(bytes, file, 'Restore it from a backup, or delete it: only its description is lost') as Manifest)
}

/** Returns the numbers of a dataset's versions in a folder; none if the folder holds files of its own. */
export async function versionsIn(files: FileLayer, dir: string): Promise<number[]> {
  const names = await unless(files.readFolder(dir), ['ENOENT', 'ENOTDIR'], [])
  if (names.some((name) => name.startsWith('part-'))) return []
  const versions = names.map((name) => Number(/^v(\d+)$/.exec(name)?.[1] ?? 0))
  return versions.filter((version) => version > 0).sort((a, b) => a - b)
}
