import type { Field, Json, PipelineRecord, Storage } from '@tickets/core'
import { valueIn, verifyChecksum, withChecksum } from '@tickets/core/internal'
import { LAKE } from './parts.ts'

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

const PATH = `${LAKE}/version.manifest`

/** Equal to this package's name and version; a test compares them. */
export const CREATED_BY = '@tickets/sinks@0.0.0'

/** Returns the schema that a flow began with, from the pipeline record. */
export function schemaIn({ fingerprint }: PipelineRecord, flow: string): Manifest['schema'] | null {
  const flows = (fingerprint as { readonly flows?: { readonly [flow: string]: { readonly schema?: Json } } }).flows
  const print = flows && (valueIn(flows, flow) as { readonly schema?: Manifest['schema'] } | undefined)
  return print?.schema ?? null
}

/** Writes the manifest of a version if it has none. */
export async function writeManifest(dataset: Storage, manifest: Manifest): Promise<void> {
  // The sink makes the place when the pipeline begins, which is later.
  await dataset.check()
  await dataset.create(PATH, withChecksum(manifest))
}

/** Returns the manifest of a version, or null. */
export async function readManifest(dataset: Storage): Promise<Manifest | null> {
  const bytes = await dataset.read(PATH)
  return (
    bytes &&
    (verifyChecksum(bytes, `${dataset.location}/${PATH}`, 'Restore it from a backup, or delete it: only its description is lost') as Manifest)
  )
}

/** Returns the numbers of a dataset's versions in a place; none if it holds files of its own. */
export async function versionsIn(dataset: Storage): Promise<number[]> {
  const names = await dataset.names('')
  if (names.some((name) => name.startsWith('part-'))) return []
  const versions = names.map((name) => Number(/^v(\d+)$/.exec(name)?.[1] ?? 0))
  return versions.filter((version) => version > 0).sort((a, b) => a - b)
}
