import type { Acc, AccWriter, accReader } from '../aggregate/sets/acc-json.ts'
import { TextSet } from '../aggregate/sets/text-set.ts'
import { compareTexts } from '../base/compare-texts.ts'
import type { Json } from '../base/json.ts'

/** What the merge knows about a task: the number of the last record that it folded, and what that record says. */
export type TaskView = {
  n: number
  /** null is -Infinity: no row yet. */
  watermark: number | null
  idle: boolean
  ended: boolean
  to: Json
}

/** One task's partial aggregate of an entry. */
export type Part = {
  readonly task: string
  rows: number
  closed: boolean
  acc: readonly Acc[] | null
  /** The accumulators as JSON text, which takes less memory while the entry is kept only for a revision. `acc` is null meanwhile. */
  text: string | undefined
  /** Has changed since the last snapshot. */
  touched: boolean
}

/** One window and key, over all tasks. */
export interface Entry {
  readonly key: string
  /** One for each task that has rows for it. Most entries have one, so a list is smaller than a map, and as fast. */
  parts: readonly Part[]
  /** The number of the last emission, counted from 0; -1 before the first. */
  revision: number
  /** Has changed since it was last emitted. */
  dirty: boolean
  /** Has changed since the last snapshot. */
  touched: boolean
}

/** A part in a snapshot. */
export type PartSnapshot = Pick<Part, 'rows' | 'closed'> & { readonly acc: readonly Json[] | null; readonly text?: string }

/** `[task, part]` for each task that has rows for an entry. */
export type PartSnapshots = readonly (readonly [string, PartSnapshot])[]

/** The same as an entry holds them. */
export type RestoredParts = readonly (readonly [string, Pick<Part, 'rows' | 'closed' | 'acc'> & { readonly text?: string }])[]

/** Returns the parts of an entry from a snapshot, whose accumulators `read` reads. */
export function restoredParts(parts: PartSnapshots, read: ReturnType<typeof accReader>): RestoredParts {
  return parts.map(([task, part]) => [task, { ...part, acc: part.acc && read(part.acc) }] as const)
}

/** `[aggregation, key, closeTime, revision, dirty, parts]`. Records of version 1 have `[aggregation, key]` for an entry that was released. */
export type EntrySnapshot = readonly [string, string, number | null, number, boolean, PartSnapshots] | readonly [string, string]

/** The state of the merge: all of it, or what changed since the last snapshot. */
export type MergeSnapshot = {
  /** `[aggregation, closeTime]` of the windows released since the last snapshot. `restore` drops them before it adds `entries`. Absent in records of version 1. */
  readonly gone?: readonly (readonly [string, number | null])[]
  readonly entries: readonly EntrySnapshot[]
  readonly tasks: Readonly<Record<string, TaskView>>
  readonly order: readonly string[]
  readonly clock: number | null
  readonly frontier: number | null
  readonly expired: number
  /** `[aggregation, task, key, rows]` */
  readonly counted: readonly (readonly [string, string, string, number])[]
  readonly fills: Readonly<Record<string, Json>>
  /** The snapshot of `BackfillHorizon`. Absent in records from before backfills. */
  readonly zone?: Json
  /** The dictionaries of the sets among the accumulators. Absent where there are none, and in records of versions 1 and 2. */
  readonly texts?: readonly Json[]
}

/** Returns a task's part of an entry. Adds an empty one if there is none. */
export function partOf(entry: Entry, task: string): Part {
  for (const part of entry.parts) if (part.task === task) return part
  const made: Part = { task, rows: -1, closed: false, acc: null, text: undefined, touched: false }
  // A new list, since `push` would reserve room for many more parts.
  entry.parts = entry.parts.length === 0 ? [made] : [...entry.parts, made]
  return made
}

/** Returns the number of rows in an entry, over all tasks. */
export function rowsOf({ parts }: Entry): number {
  let rows = 0
  for (const part of parts) rows += part.rows
  return rows
}

/** Stores accumulators as JSON text, which takes less memory while an entry is kept only for revisions. Sets in compact form take less as they are. */
export function freeze({ parts }: Entry): void {
  for (const part of parts) {
    if (part.acc?.some((acc) => acc instanceof TextSet)) continue
    part.text ??= JSON.stringify(part.acc)
    part.acc = null
  }
}

/** Returns the accumulator of a part, parsed if it is held as text. */
const accOf = ({ acc, text }: Part): readonly Acc[] => (text === undefined ? (acc ?? []) : (JSON.parse(text) as readonly Json[]))

/** Returns the accumulators in the order of the tasks, whatever order their partials came in. Tasks without a rank come last, by name. */
export function accsOf(entry: Entry, ranks: ReadonlyMap<string, number>): (readonly Acc[])[] {
  const rank = ({ task }: Part) => ranks.get(task) ?? Number.MAX_SAFE_INTEGER
  if (entry.parts.length > 1) entry.parts = [...entry.parts].sort((a, b) => rank(a) - rank(b) || compareTexts(a.task, b.task))
  return entry.parts.map(accOf)
}

/** Returns the snapshot of an entry: all of its parts, or those that changed. It is a copy, since parts change in place. */
export function snapshotOf(aggregation: string, closeTime: number, entry: Entry, whole: boolean, writer: AccWriter): EntrySnapshot {
  const parts: [string, PartSnapshot][] = []
  for (const { task, rows, closed, acc, text, touched } of entry.parts) {
    if (!whole && !touched) continue
    parts.push([task, text === undefined ? { rows, closed, acc: writer.write(acc ?? []) } : { rows, closed, acc: null, text }])
  }
  return [aggregation, entry.key, Number.isFinite(closeTime) ? closeTime : null, entry.revision, entry.dirty, parts]
}
