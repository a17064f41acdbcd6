import { byName } from '../../base/own-names.ts'
import type { Backfill, Covered } from '../../records/backfill-record.ts'
import type { ChangedRecord, FlowSpan } from './change-record.ts'

/** Returns whether a backfill was for a flow. A backfill from before flows were noted was for the flows of that time. */
export const isFilledBy = ({ flows }: Backfill, flow: string, { unnoted }: Pick<ChangedRecord, 'unnoted'>): boolean =>
  (flows ?? unnoted).includes(flow)

/** Returns what a flow has, or will have, of a partition: by the pipeline's own tasks while it ran, and by these backfills. */
export function coverageOf(record: ChangedRecord, backfills: readonly Backfill[], flow: string, partition: string): Covered[] {
  const spans = byName(record.spans)[flow] ?? []
  const parts = backfills.filter((one) => isFilledBy(one, flow, record)).flatMap((one) => one.parts)
  return [...spans.map((span) => ofSpan(record, span, partition)), ...parts.filter((one) => one.partition === partition)]
}

/** A partition that was added later is read from its earliest position by all flows that there were. */
function ofSpan({ partitions }: ChangedRecord, { from, to }: FlowSpan, partition: string): Covered {
  const begun = partitions.find(({ id }) => id === partition)?.start
  return { from: from?.heads[partition]?.to ?? begun, to: to ? (to.heads[partition]?.to ?? begun) : undefined }
}

/**
 * Returns whether the pipeline's own tasks, or one of these backfills, report an invalid message. Each reports it once, however many flows read
 * it.
 */
export function isTold(record: ChangedRecord, earlier: readonly Backfill[], partition: string, offset: number): boolean {
  const begun = record.partitions.find(({ id }) => id === partition)?.start
  if (typeof begun !== 'number' || offset >= begun) return true
  return earlier.some(({ parts }) => parts.some((one) => one.partition === partition && offset >= one.from && offset < one.to))
}

/**
 * Returns the backfills that were there before one, in an order on which all processes agree: each fill knows those before it, and those that are asked
 * for are numbered.
 */
export function earlierBackfills(own: readonly Backfill[], fills: readonly Backfill[], { name }: Backfill): Backfill[] {
  const at = fills.findIndex((fill) => fill.name === name)
  const fill = fills[at]
  if (fill) return [...fills.slice(0, at), ...own.filter((one) => fill.after?.includes(one.name))]
  const before = own.slice(
    0,
    own.findIndex((one) => one.name === name),
  )
  return [...before, ...fills.filter(({ after = [] }) => !after.includes(name))]
}
