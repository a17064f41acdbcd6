import { basename } from 'node:path'
import type { HiddenFile, HiddenFiles, Staged } from '@tickets/core'
import { isPartPath, readStaged } from '@tickets/core/internal'

/** One file of a range; its name is `part-…`, below folders `name=value` where there are partitions. */
export interface StagedFile extends HiddenFile {
  readonly rows: number
  /** What the log of a table says of it; absent where there is no such log. */
  readonly stats?: string
}

/** What a range staged: all that `publish` needs, as it stands in the record. */
export interface StagedRange extends HiddenFiles {
  readonly files: readonly StagedFile[]
}

/** Returns the entry of a record that names a staged range. */
export const toStaged = ({ staging, files }: StagedRange): Staged => ({ staging, files: files.map((file) => ({ ...file })) })

function isStagedRange(entry: unknown): entry is StagedRange {
  const { staging, files } = (entry ?? {}) as { staging?: unknown; files?: unknown }
  return (
    typeof staging === 'string' &&
    /^\.staging(\/[\w%-][\w.%-]*){3,4}$/.test(staging) &&
    Array.isArray(files) &&
    files.every((file) => typeof file?.name === 'string' && isPartPath(file.name) && /^part-[\w.-]+$/.test(basename(file.name)))
  )
}

/** Reads back what `toStaged` wrote. Throws `LOG_DAMAGED` for any other entry, since its names are linked and removed. */
export const fromStaged = (staged: Staged, target: string): StagedRange => readStaged(staged, target, 'files', isStagedRange)
