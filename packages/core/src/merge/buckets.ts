import type { AccWriter } from '../aggregate/sets/acc-json.ts'
import { compareTexts } from '../base/compare-texts.ts'
import type { Display } from './emission.ts'
import { type Entry, type EntrySnapshot, type Part, partOf, type RestoredParts, snapshotOf } from './entry.ts'

/** The entries of one close time (`closeTime`). They are emitted and released together. */
export interface Bucket {
  readonly closeTime: number
  readonly entries: Map<string, Entry>
  /** Some entry may have changed since it was emitted. */
  fresh: boolean
  /** Entries that changed since they were emitted; used with `emit: 'updates'` only. */
  changed: Entry[]
  /** Entries that changed since the last snapshot. */
  touched: Entry[]
  /** Some entry is in a snapshot, so the snapshot after the release must name this bucket as gone. */
  saved: boolean
}

/** Shared by entries that have no part yet. */
const none: readonly Part[] = []

const byKey = (a: Entry, b: Entry) => compareTexts(a.key, b.key)

/** Returns the entries in the order of their keys. Entries of one task are in this order already, so most calls need no sorting. */
export function sorted(entries: Iterable<Entry>): Entry[] {
  const all = [...entries]
  for (let i = 1; i < all.length; i++) if (byKey(all[i - 1] as Entry, all[i] as Entry) > 0) return all.sort(byKey)
  return all
}

/** Holds the windows and keys of one aggregation by close time, with what changed since the last emission and since the last snapshot. */
export class WindowBuckets {
  readonly name: string
  readonly display: Display | undefined
  readonly #buckets = new Map<number, Bucket>()
  /** Close times of the buckets released since the last snapshot that an earlier snapshot holds. */
  #gone: number[] = []

  constructor(name: string, display: Display | undefined) {
    this.name = name
    this.display = display
  }

  get shows(): Display['shows'] {
    return this.display?.shows ?? 'final'
  }

  /** The buckets in order of their close times. */
  get buckets(): Bucket[] {
    return [...this.#buckets.values()].sort((a, b) => a.closeTime - b.closeTime)
  }

  find(closeTime: number): Bucket | undefined {
    return this.#buckets.get(closeTime)
  }

  bucket(closeTime: number): Bucket {
    let bucket = this.#buckets.get(closeTime)
    if (!bucket) {
      bucket = { closeTime, entries: new Map(), fresh: false, changed: [], touched: [], saved: false }
      this.#buckets.set(closeTime, bucket)
    }
    return bucket
  }

  entry({ entries }: Bucket, key: string): Entry {
    let entry = entries.get(key)
    if (!entry) {
      entry = { key, parts: none, revision: -1, dirty: false, touched: false }
      entries.set(key, entry)
    }
    return entry
  }

  /** Marks an entry as changed since its last emission. */
  mark(bucket: Bucket, entry: Entry): void {
    if (!entry.dirty && this.shows === 'updates') bucket.changed.push(entry)
    entry.dirty = true
    bucket.fresh = true
  }

  /** Marks an entry as changed since the last snapshot. */
  touch(bucket: Bucket, entry: Entry): void {
    if (entry.touched) return
    entry.touched = true
    bucket.touched.push(entry)
  }

  release({ closeTime, saved }: Bucket): void {
    this.#buckets.delete(closeTime)
    if (saved) this.#gone.push(closeTime)
  }

  /** The number of results that wait to be emitted. */
  get waiting(): number {
    let waiting = 0
    for (const { fresh, entries } of this.#buckets.values()) if (fresh) for (const { dirty } of entries.values()) if (dirty) waiting++
    return waiting
  }

  /** Adds to a snapshot what changed since the last one, or everything if `whole`. */
  snapshot(whole: boolean, gone: [string, number | null][], into: EntrySnapshot[], writer: AccWriter): void {
    if (!whole) for (const closeTime of this.#gone) gone.push([this.name, Number.isFinite(closeTime) ? closeTime : null])
    this.#gone = []
    for (const bucket of this.#buckets.values()) {
      for (const entry of whole ? bucket.entries.values() : bucket.touched) into.push(snapshotOf(this.name, bucket.closeTime, entry, whole, writer))
      for (const entry of bucket.touched) {
        entry.touched = false
        for (const part of entry.parts) part.touched = false
      }
      if (whole || bucket.touched.length > 0) bucket.saved = true
      bucket.touched = []
    }
  }

  /** Drops a window that a snapshot names as gone. */
  drop(closeTime: number): void {
    this.#buckets.delete(closeTime)
  }

  /** Drops one entry of whatever window: records of version 1 name each key. */
  dropKey(key: string): void {
    for (const [closeTime, { entries }] of this.#buckets) {
      const entry = entries.get(key)
      if (!entry) continue
      // It may be in the list of changed entries.
      entry.dirty = false
      entries.delete(key)
      if (entries.size === 0) this.#buckets.delete(closeTime)
    }
  }

  /** Adds an entry from a snapshot. */
  put(key: string, closeTime: number, revision: number, dirty: boolean, parts: RestoredParts): void {
    const bucket = this.bucket(closeTime)
    bucket.saved = true
    const entry = this.entry(bucket, key)
    for (const [task, { rows, closed, acc, text }] of parts) Object.assign(partOf(entry, task), { rows, closed, acc, text })
    entry.revision = revision
    if (dirty) this.mark(bucket, entry)
    entry.dirty = dirty
  }
}
