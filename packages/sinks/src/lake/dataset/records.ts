import { type Storage, TicketsError } from '@tickets/core'
import { isPartPath, verifyChecksum, withChecksum } from '@tickets/core/internal'
import type { StagedFile } from '../../files/staged.ts'
import { LAKE } from './parts.ts'

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
const folderOf = (log: string) => `${LAKE}/${log}`

/** Returns where the record of a compaction lies in its dataset. */
export const recordPath = (log: string, n: number): string => `${folderOf(log)}/${nameOf(n)}`

/** Returns the logs that have records of compactions here. */
export async function compactedLogs(dataset: Storage): Promise<readonly string[]> {
  const names = await dataset.names(LAKE)
  return names.filter((name) => !name.includes('.')).sort()
}

/** Returns the number of the newest record, from a new listing; -1 if there is none. */
export async function latestRecord(dataset: Storage, log: string): Promise<number> {
  const names = await dataset.names(folderOf(log))
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
export async function headRecord(dataset: Storage, log: string): Promise<CompactionRecord | null> {
  for (;;) {
    const n = await latestRecord(dataset, log)
    if (n < 0) return null
    const bytes = await dataset.read(recordPath(log, n))
    const file = `${dataset.location}/${recordPath(log, n)}`
    // Gone since it was listed: another compaction is further.
    if (bytes) return checked(verifyChecksum(bytes, file, REMEDY), n, file)
  }
}

/** Makes durable what `headRecord` found, before anybody acts on it (docs/internals/protocol.md#3.4). */
export const syncRecords = (dataset: Storage, log: string): Promise<void> => dataset.makeDurable(folderOf(log))

/** Creates the record if there is none of its number: the commit of a compaction. False when another one has it, or is further (docs/internals/protocol.md#3.5). */
export async function createRecord(dataset: Storage, log: string, record: CompactionRecord): Promise<boolean> {
  await dataset.create(recordPath(log, record.n), withChecksum(record))
  const head = await headRecord(dataset, log)
  return head?.n === record.n && head.attempt === record.attempt
}

/**
 * Removes the records below this one, and what killed processes have left beside them. A process that still tries to create such a record finds that
 * a later one exists.
 */
export async function pruneRecords(dataset: Storage, log: string, head: number): Promise<void> {
  const old = (await dataset.names(folderOf(log))).filter((name) => NAME.test(name) && numberOf(name) < head)
  await dataset.remove(old.map((name) => `${folderOf(log)}/${name}`))
  await dataset.removeLeftovers(folderOf(log), (name) => numberOf(name) >= 0 && numberOf(name) <= head)
}
