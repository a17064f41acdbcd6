import type { HiddenFiles, TaskId } from '@tickets/core'
import { type Attempt, isSweepable, parsePart } from '@tickets/core/internal'

/** How many uploads are remembered. Of those that are forgotten a sweep leaves some for the next one. */
const REMEMBERED = 10_000

/** Returns the last name of a staging: `<n>-<attempt>`. */
const nameOf = (staging: string) => staging.slice(staging.lastIndexOf('/') + 1)

/**
 * Remembers which attempt an upload of this process belongs to, and what this process has published. A store does not tell the attempt of an upload that
 * is not completed (docs/internals/protocol.md#10.4).
 */
export class Attempts {
  readonly #uploads = new Map<string, string>()
  readonly #published = new Map<string, string>()

  staged(id: string, staging: string): void {
    this.#uploads.set(id, nameOf(staging))
    const [oldest] = this.#uploads.keys()
    if (this.#uploads.size > REMEMBERED && oldest !== undefined) this.#uploads.delete(oldest)
  }

  ended(id: string): void {
    this.#uploads.delete(id)
  }

  /** Notes that all files of an attempt have their names. */
  published(location: string, { staging, files }: HiddenFiles): void {
    const part = parsePart(files[0]?.name ?? '')
    if (part) this.#published.set(`${location} ${part.log} ${part.task}`, nameOf(staging))
  }

  /** Returns whether an upload of a task for number `n` can never be named by a record again. In doubt it says no. */
  isSweepable(location: string, { logId, task }: TaskId, upload: { readonly id: string; readonly n: number }, head: Attempt): boolean {
    if (upload.n !== head.n) return isSweepable({ n: upload.n, attempt: '' }, head)
    const headName = `${head.n}-${head.attempt}`
    const own = this.#uploads.get(upload.id)
    if (own !== undefined) return own !== headName
    return this.#published.get(`${location} ${logId} ${task}`) === headName
  }
}

/** Those of this process. */
export const attempts = new Attempts()
