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
  /** The flows that get it, by their names in the log; absent in records from before it was one of them only. */
  readonly flows?: readonly string[]
  readonly parts: readonly BackfillPart[]
  /** Of a flow that joined: the backfills that were asked for before. */
  readonly after?: readonly string[]
}

/** Returns the backfills of a log, in their order. */
export async function backfillsOf(log: CommitLog): Promise<Backfill[]> {
  const all: Backfill[] = []
  for await (const record of log.read(BACKFILLS, -1)) all.push(readBackfillRecord(record))
  return all
}

/** Reads the body of the record of a backfill. */
export function readBackfillRecord({ body }: Pick<LogRecord, 'body'>): Backfill {
  return body as Backfill
}

/** Returns the task that reads a partition for a backfill: `<topic>.backfill.<name>-<number>`, which has the form of any partition's id. */
export const backfillTask = (partition: string, name: string): string => partition.replace(/(-\d+)?$/, (end) => `.backfill.${name}${end || '-0'}`)

/** Returns the parts of a backfill that are not read to their end. */
export async function unfinishedParts(log: CommitLog, { parts }: Pick<Backfill, 'parts'>): Promise<Backfill['parts']> {
  const open: BackfillPart[] = []
  for (const part of parts) if (!(await lastTaskRecord(log, part.task))?.ended) open.push(part)
  return open
}

/** What is asked of a backfill. */
export interface BackfillRequest {
  readonly name: string
  /** The flows that are to get it, by their names in the log. */
  readonly flows: readonly string[]
  /** What a flow has of a partition, or will have, beside these backfills. */
  readonly covers: (all: readonly Backfill[], flow: string, partition: string) => readonly Covered[]
  /** Backfills of the log that no record of their own tells of. */
  readonly others: readonly Backfill[]
  /** The partitions of the pipeline. */
  readonly partitions: readonly string[]
  /** Refuses flows that cannot be filled without the others. */
  readonly check?: (flows: readonly string[]) => void
  /** The partitions with what is asked for, `[start, end)`, under their own names. */
  readonly asked: readonly PartitionInfo<Json>[]
}

/** Positions `[from, to)` of a partition; without `from` all there is before, without `to` all that comes. */
export interface Covered {
  readonly from: Json | undefined
  readonly to: Json | undefined
}

/**
 * Returns the backfill of this name. If there is none yet, creates a numbered record for it, which all processes obey. It reads what was asked
 * for, without what its flows have through other tasks of the log. Flows that lack nothing are left out.
 *
 * @throws `OPTION_INVALID` while another backfill is unfinished, when flows lack different rows, or when what they lack of a partition is not one range
 */
export async function resolveBackfill(log: CommitLog, request: BackfillRequest): Promise<Backfill> {
  const { name, flows, covers, others, partitions, asked } = request
  for (;;) {
    const own = await backfillsOf(log)
    const all = [...own, ...others]
    const standing = all.find((one) => one.name === name)
    if (standing) return standing
    for (const one of all) await checkFinished(log, one)
    const lacks = flows.map((flow) => ({ flow, left: asked.map((info) => leftOf(info, covers(all, flow, info.id))) }))
    const open = lacks.filter(({ left }) => left.some((range) => range !== null))
    checkAlike(open)
    const parts = asked.flatMap((info, i) => {
      const left = open[0]?.left[i]
      return left ? [{ task: backfillTask(info.id, name), partition: info.id, ...left }] : []
    })
    checkNames(parts, [...partitions, ...asked.map(({ id }) => id)])
    const backfill: Backfill = { name, flows: open.map(({ flow }) => flow), parts }
    if (parts.length === 0) return backfill
    request.check?.(backfill.flows ?? [])
    const record = { n: own.length, attempt: randomId(), files: {}, body: backfill }
    if ((await log.append(BACKFILLS, record)) === 'appended') return backfill
  }
}

/** One task reads a range once, for all flows that get it. */
function checkAlike(lacks: readonly { readonly flow: string; readonly left: readonly unknown[] }[]): void {
  const [first] = lacks
  const other = lacks.find(({ left }) => JSON.stringify(left) !== JSON.stringify(first?.left))
  if (first && other)
    throw new TicketsError(
      'OPTION_INVALID',
      `the flows "${first.flow}" and "${other.flow}" joined this log at different places, so they lack different rows: fill each by a backfill of its own, with \`flows: ['${first.flow}']\` and \`flows: ['${other.flow}']\``,
    )
}

async function checkFinished(log: CommitLog, backfill: Backfill): Promise<void> {
  if ((await unfinishedParts(log, backfill)).length === 0) return
  throw new TicketsError(
    'OPTION_INVALID',
    `the backfill "${backfill.name}" of this log is not finished: run it again to its end first, and then the next one`,
  )
}

/** What is not covered of `[start, end)`; null when nothing is left. */
function leftOf({ id, start, end }: PartitionInfo<Json>, covered: readonly Covered[]): { from: number; to: number } | null {
  const numbers = covered.map(({ from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY }) => ({ from, to }))
  const isNumber = (position: unknown): position is number => typeof position === 'number'
  const ranges = numbers.filter((range): range is { from: number; to: number } => isNumber(range.from) && isNumber(range.to))
  if (!isNumber(start) || !isNumber(end) || ranges.length < numbers.length)
    throw new TicketsError('OPTION_INVALID', `the positions of ${id} are no numbers, so that ranges of it cannot be compared: it cannot be filled`)
  const left: { from: number; to: number }[] = []
  let from = start
  for (const { from: begins, to } of ranges.sort((a, b) => a.from - b.from)) {
    if (begins >= end) break
    if (begins > from) left.push({ from, to: begins })
    from = Math.max(from, to)
  }
  if (from < end) left.push({ from, to: end })
  if (left.length < 2) return left[0] ?? null
  const gaps = left.map((range) => `[${range.from}, ${range.to})`).join(' and ')
  throw new TicketsError(
    'OPTION_INVALID',
    `of ${id}, ${gaps} are not in the log yet, and backfills between them are: fill each by a backfill of its own, with \`from\` and \`until\` within it`,
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
