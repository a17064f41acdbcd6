import { join } from 'node:path'
import { TicketsError } from '@tickets/core'
import { createIfAbsent, isPartPath, makeFolders, syncUpwards, verifyChecksum, withChecksum } from '@tickets/core/internal'
import { type FileLayer, unless } from '@tickets/core/node'
import type { StagedFile } from '../../files/staged.ts'
import { lakeOf } from './parts.ts'

/** One compaction: from the moment this is created, `outputs` stand for `inputs` (docs/internals/protocol.md#6.5). */
export interface CompactionRecord {
  readonly n: number
  /** Random, so that two compactions at one number are distinguished. */
  readonly attempt: string
  /** Paths relative to the dataset. */
  readonly inputs: readonly string[]
  readonly outputs: readonly StagedFile[]
}

const NAME = /^(\d{20})\.compaction$/
const REMEDY = 'Restore it from a backup; without it a compaction that was cut off may show rows twice'
const numberOf = (name: string) => Number(NAME.exec(name)?.[1] ?? -1)
const nameOf = (n: number) => `${String(n).padStart(20, '0')}.compaction`
const folderOf = (dir: string, log: string) => join(lakeOf(dir), log)

/** Returns where the record of a compaction lies. */
export const recordPath = (dir: string, log: string, n: number): string => join(folderOf(dir, log), nameOf(n))

/** Returns the logs that have records of compactions here. */
export async function compactedLogs(files: FileLayer, dir: string): Promise<readonly string[]> {
  const names = await unless(files.readFolder(lakeOf(dir)), ['ENOENT', 'ENOTDIR'], [])
  return names.filter((name) => !name.includes('.')).sort()
}

/** Returns the number of the newest record, from a new listing; -1 if there is none. */
export async function latestRecord(files: FileLayer, dir: string, log: string): Promise<number> {
  const names = await unless(files.readFolder(folderOf(dir, log)), ['ENOENT', 'ENOTDIR'], [])
  return names.reduce((max, name) => Math.max(max, numberOf(name)), -1)
}

function checked(value: unknown, n: number, file: string): CompactionRecord {
  const { attempt, inputs, outputs, n: own } = (value ?? {}) as Partial<CompactionRecord>
  const good =
    own === n &&
    typeof attempt === 'string' &&
    /^[\w-]+$/.test(attempt) &&
    Array.isArray(inputs) &&
    inputs.every((path) => typeof path === 'string' && isPartPath(path)) &&
    Array.isArray(outputs) &&
    outputs.every((output) => typeof output?.name === 'string' && isPartPath(output.name))
  if (good) return value as CompactionRecord
  throw new TicketsError('LOG_DAMAGED', `${file} does not name its files as this release does. ${REMEDY}`)
}

/** Returns the newest record of a log's compactions, or null. Everything that older records name was done before it was created. */
export async function headRecord(files: FileLayer, dir: string, log: string): Promise<CompactionRecord | null> {
  for (;;) {
    const n = await latestRecord(files, dir, log)
    if (n < 0) return null
    const file = join(folderOf(dir, log), nameOf(n))
    const bytes = await unless(files.readFile(file), ['ENOENT'], null)
    // Gone since it was listed: another compaction is further.
    if (bytes) return checked(verifyChecksum(bytes, file, REMEDY), n, file)
  }
}

/** Makes durable what `headRecord` found, before anybody acts on it (docs/internals/protocol.md#3.4). */
export async function syncRecords(files: FileLayer, dir: string, log: string): Promise<void> {
  await syncUpwards(files, folderOf(dir, log), [])
}

/** Creates the record if there is none of its number: the commit of a compaction. False when another one has it, or is further (docs/internals/protocol.md#3.5). */
export async function createRecord(files: FileLayer, dir: string, log: string, record: CompactionRecord): Promise<boolean> {
  const folder = folderOf(dir, log)
  const made = await makeFolders(files, folder)
  await syncUpwards(files, folder, made)
  const creation = await createIfAbsent(files, folder, nameOf(record.n), `.${record.n}-${record.attempt}.tmp`, withChecksum(record))
  const head = await headRecord(files, dir, log)
  return creation !== 'lost' && head?.n === record.n && head.attempt === record.attempt
}

/**
 * Removes the records below this one, and temporary files of attempts at it and below. A process that still tries to create such a record finds that
 * a later one exists.
 */
export async function pruneRecords(files: FileLayer, dir: string, log: string, head: number): Promise<void> {
  const folder = folderOf(dir, log)
  for (const name of await unless(files.readFolder(folder), ['ENOENT'], [])) {
    const temporary = Number(/^\.(\d+)-/.exec(name)?.[1] ?? Number.POSITIVE_INFINITY)
    if ((NAME.test(name) && numberOf(name) < head) || temporary <= head) await unless(files.unlink(join(folder, name)), ['ENOENT'], undefined)
  }
}
