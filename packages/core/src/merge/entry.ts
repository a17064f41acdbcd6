import { compareTexts } from '../base/compare-texts.ts'
import type { Json } from '../base/json.ts'

/** What the merge knows of a task: how far it has folded its records, and what the last of them said. */
export type TaskView = {
  n: number
  /** null is -Infinity: no row yet. */
  watermark: number | null
  idle: boolean
  ended: boolean
  to: Json
}

/** What one task has of it. */
export type Part = {
  readonly task: string
  rows: number
  closed: boolean
  acc: Json
  /** The accumulator as text, once it was shown and is only kept for a revision: a fraction of the memory; `acc` is null then. */
  text: string | undefined
  /** Has changed since the last cut. */
  touched: boolean
}

/** A window and key, over all tasks. */
export interface Entry {
  readonly key: string
  /** One for each task that has rows of it: mostly one, so a list is smaller than a map, and as fast. */
  parts: readonly Part[]
  /** How often it was shown, less one; -1 before the first time. */
  revision: number
  /** Has changed since it was last shown. */
  dirty: boolean
  /** Has changed since the last cut. */
  touched: boolean
}

/** A part in a cut. */
export type PartSnapshot = Pick<Part, 'rows' | 'closed' | 'acc'> & { readonly text?: string }

/** `[task, part]` of each task that has rows of an entry. */
export type PartSnapshots = readonly (readonly [string, PartSnapshot])[]

/** `[aggregation, key, due, revision, dirty, parts]`; the first two alone for an entry that was released, in records from before `gone`. */
export type EntrySnapshot = readonly [string, string, number | null, number, boolean, PartSnapshots] | readonly [string, string]

/** The state of the merge, whole or what changed. */
export type MergeSnapshot = {
  /** `[aggregation, due]` of windows released with all that they had; taken back before `entries` are put. Absent in records of version 1. */
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
  /** What `MergeZone` cuts; absent in records from before backfills. */
  readonly zone?: Json
}

/** The part that a task has of an entry; made empty where it has none. */
export function partOf(entry: Entry, task: string): Part {
  for (const part of entry.parts) if (part.task === task) return part
  const made: Part = { task, rows: -1, closed: false, acc: null, text: undefined, touched: false }
  // Never pushed: a list that grows makes room for many more.
  entry.parts = entry.parts.length === 0 ? [made] : [...entry.parts, made]
  return made
}

/** Rows in it, over all tasks. */
export function rowsOf({ parts }: Entry): number {
  let rows = 0
  for (const part of parts) rows += part.rows
  return rows
}

/** Makes what is only kept small. */
export function freeze({ parts }: Entry): void {
  for (const part of parts) {
    part.text ??= JSON.stringify(part.acc)
    part.acc = null
  }
}

/** The accumulator of a part, however it is held. */
const accOf = (part: Part): Json => (part.text === undefined ? part.acc : (JSON.parse(part.text) as Json))

/** The accumulators in the order of the tasks, whatever order their partials came in; those of tasks without a rank last, by name. */
export function accsOf(entry: Entry, ranks: ReadonlyMap<string, number>): Json[] {
  const rank = ({ task }: Part) => ranks.get(task) ?? Number.MAX_SAFE_INTEGER
  if (entry.parts.length > 1) entry.parts = [...entry.parts].sort((a, b) => rank(a) - rank(b) || compareTexts(a.task, b.task))
  return entry.parts.map(accOf)
}

/** What is cut of an entry, all of it or the parts that changed: detached from it, since parts change in place. */
export function snapshotOf(aggregation: string, due: number, entry: Entry, whole: boolean): EntrySnapshot {
  const parts: [string, PartSnapshot][] = []
  for (const { task, rows, closed, acc, text, touched } of entry.parts) {
    if (whole || touched) parts.push([task, text === undefined ? { rows, closed, acc } : { rows, closed, acc, text }])
  }
  return [aggregation, entry.key, Number.isFinite(due) ? due : null, entry.revision, entry.dirty, parts]
}
