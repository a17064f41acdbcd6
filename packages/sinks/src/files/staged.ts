import { basename } from 'node:path'
import { type Staged, TicketsError } from '@tickets/core'
import { isPartPath } from './part-name.ts'

/** One file of a range. */
export interface StagedFile {
  /** Its published name, relative to the target: `part-…`, below folders `name=value` where there are partitions. */
  readonly name: string
  readonly rows: number
  readonly bytes: number
  /** The checksum of its content; absent in records of earlier releases. */
  readonly crc32?: number
}

/** What a range staged: all that `publish` needs, as it stands in the record. */
export interface StagedRange {
  /** The folder that holds each file as `<its own name>.tmp`, without the folders of partitions; relative to the target. */
  readonly staging: string
  readonly files: readonly StagedFile[]
}

export const toStaged = ({ staging, files }: StagedRange): Staged => ({ staging, files: files.map((file) => ({ ...file })) })

/** Reads back what `toStaged` wrote. Throws `LOG_DAMAGED` for anything else, since the names in it are linked and removed. */
export function fromStaged(staged: Staged, target: string): StagedRange {
  const { staging, files } = staged as { staging?: unknown; files?: unknown }
  const good =
    typeof staging === 'string' &&
    /^\.staging(\/[\w%-][\w.%-]*){3,4}$/.test(staging) &&
    Array.isArray(files) &&
    files.every((file) => typeof file?.name === 'string' && isPartPath(file.name) && /^part-[\w.-]+$/.test(basename(file.name)))
  if (good) return { staging, files: files as StagedFile[] }
  throw new TicketsError(
    'LOG_DAMAGED',
    `the record for ${target} does not name its files as this release does: restore the log from a backup, or finish with the release that wrote it`,
  )
}
