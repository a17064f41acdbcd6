import type { Json } from './source.ts'

/** What the merge knows of a task: how far it has folded its records, and what the last of them said. */
export interface TaskView {
  n: number
  /** null is -Infinity: no row yet. */
  watermark: number | null
  idle: boolean
  ended: boolean
  to: Json
}

/** What one task has of it. */
export interface Part {
  readonly rows: number
  readonly closed: boolean
  readonly acc: Json
  /** The accumulator as text, once it was shown and is only kept for a revision: a fraction of the memory; `acc` is null then. */
  readonly text?: string
}

/** A window and key, over all tasks. */
export interface Entry {
  readonly due: number
  readonly parts: Map<string, Part>
  /** How often it was shown, less one; -1 before the first time. */
  revision: number
  /** Has changed since it was last shown. */
  dirty: boolean
}

/** `[aggregation, key, due, revision, dirty, [[task, part]…]]`; due and everything after it are left out for an entry let go. */
export type EntryCut = readonly [string, string, (number | null)?, number?, boolean?, (readonly (readonly [string, Part])[])?]

/** The state of the merge, whole or what changed. */
export interface MergeCut {
  readonly entries: readonly EntryCut[]
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

export function getOrPut<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key)
  if (value === undefined) {
    value = make()
    map.set(key, value)
  }
  return value
}

/** Rows in it, over all tasks. */
export function rowsOf(entry: Entry): number {
  let rows = 0
  for (const part of entry.parts.values()) rows += part.rows
  return rows
}

/** Makes what is only kept small. */
export function freeze(entry: Entry): void {
  for (const [task, part] of entry.parts) {
    if (part.text === undefined) entry.parts.set(task, { rows: part.rows, closed: part.closed, acc: null, text: JSON.stringify(part.acc) })
  }
}

/** The accumulator of a part, however it is held. */
export const accOf = (part: Part): Json => (part.text === undefined ? part.acc : (JSON.parse(part.text) as Json))

/** One text for the three. */
export const nameOf = (aggregation: string, task: string, key: string) => `${aggregation}\u0000${task}\u0000${key}`
