import { TicketsError } from '../base/errors.ts'
import { randomId } from '../base/ids.ts'
import type { Json } from '../base/json.ts'
import type { CommitLog, LogRecord } from '../connectors/commit-log.ts'
import type { PartitionInfo } from '../connectors/source.ts'
import { lastTaskRecord } from './task-record.ts'

/** The pseudo task whose records are the backfills of a pipeline. */
export const BACKFILLS = 'backfills'

/** What one task of a backfill reads: `[from, to)` of a partition. */
export type BackfillPart = {
  readonly task: string
  readonly partition: string
  readonly from: number
  readonly to: number
}

/** A backfill, as it was resolved when it began. */
export type Backfill = {
  readonly name: string
  readonly parts: readonly BackfillPart[]
}

/** The backfills of a log, in their order. */
export async function backfillsOf(log: CommitLog): Promise<Backfill[]> {
  const all: Backfill[] = []
  for await (const record of log.read(BACKFILLS, -1)) all.push(readBackfillRecord(record))
  return all
}

/** Reads the body of the record of a backfill. */
export function readBackfillRecord({ body }: Pick<LogRecord, 'body'>): Backfill {
  return body as Backfill
}

/** The task that reads a partition for a backfill: `<topic>.backfill.<name>-<number>`, a partition's id like any other. */
export const backfillTask = (partition: string, name: string): string => partition.replace(/(-\d+)?$/, (end) => `.backfill.${name}${end || '-0'}`)

/**
 * The backfill of this name; resolved now, in a numbered record that all processes obey, where there is none yet. It reads what was asked
 * for less what other tasks of the log cover: from where the pipeline began, and what other backfills read.
 *
 * @param starts where the pipeline's own tasks began
 * @param asked the partitions with what is asked for, `[start, end)`, under their own names
 * @throws `OPTION_INVALID` while another backfill is unfinished, or when what is left of a partition is not one range
 */
export async function resolveBackfill(
  log: CommitLog,
  name: string,
  starts: Readonly<Record<string, Json>>,
  asked: readonly PartitionInfo<Json>[],
): Promise<Backfill> {
  for (;;) {
    const all = await backfillsOf(log)
    const standing = all.find((one) => one.name === name)
    if (standing) return standing
    for (const one of all) await checkFinished(log, one)
    const parts = asked.flatMap((info) => {
      const left = leftOf(info, starts[info.id], all)
      return left ? [{ task: backfillTask(info.id, name), partition: info.id, ...left }] : []
    })
    checkNames(parts, [...Object.keys(starts), ...asked.map(({ id }) => id)])
    const backfill = { name, parts }
    if (parts.length === 0) return backfill
    const record = { n: all.length, attempt: randomId(), files: {}, body: backfill }
    if ((await log.append(BACKFILLS, record)) === 'appended') return backfill
  }
}

async function checkFinished(log: CommitLog, { name, parts }: Backfill): Promise<void> {
  for (const { task } of parts) {
    if (!(await lastTaskRecord(log, task))?.ended)
      throw new TicketsError(
        'OPTION_INVALID',
        `the backfill "${name}" of this log is not finished: run it again to its end first, and then the next one`,
      )
  }
}

/** What nothing covers yet of `[start, end)`; null when nothing is left. */
function leftOf({ id, start, end }: PartitionInfo<Json>, begun: Json | undefined, all: readonly Backfill[]): { from: number; to: number } | null {
  if (typeof start !== 'number' || typeof end !== 'number' || (begun !== undefined && typeof begun !== 'number'))
    throw new TicketsError('OPTION_INVALID', `the positions of ${id} are no numbers, so that ranges of it cannot be compared: it cannot be filled`)
  // A partition that joined later began at its earliest position: nothing lies before.
  if (begun === undefined) return null
  const covered = all.flatMap(({ parts }) => parts.filter(({ partition }) => partition === id)).sort((a, b) => a.from - b.from)
  const left: { from: number; to: number }[] = []
  let from = start
  for (const { from: begins, to } of [...covered, { from: begun, to: Number.POSITIVE_INFINITY }].sort((a, b) => a.from - b.from)) {
    if (begins >= end) break
    if (begins > from) left.push({ from, to: begins })
    from = Math.max(from, to)
  }
  if (from < end) left.push({ from, to: end })
  if (left.length < 2) return left[0] ?? null
  const ranges = left.map((range) => `[${range.from}, ${range.to})`).join(' and ')
  throw new TicketsError(
    'OPTION_INVALID',
    `of ${id}, ${ranges} are not in the log yet, and backfills between them are: fill each by a backfill of its own, with \`from\` and \`until\` within it`,
  )
}

function checkNames(parts: readonly BackfillPart[], partitions: readonly string[]): void {
  const taken = parts.find(({ task }) => partitions.includes(task))
  if (taken)
    throw new TicketsError(
      'OPTION_INVALID',
      `the source has a partition ${taken.task}, as this backfill's task would be called: give it another name`,
    )
  const twice = parts.find(({ task }, i) => parts.findIndex((other) => other.task === task) < i)
  if (twice)
    throw new TicketsError(
      'OPTION_INVALID',
      `two partitions of the source would share the task ${twice.task} of this backfill, since ${twice.partition} differs from another one in -0 alone: name partitions <topic>-<number>`,
    )
}
