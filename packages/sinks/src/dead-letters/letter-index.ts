import type { Storage } from '@tickets/core'
import { isOfFlow } from '@tickets/core/internal'
import type { Part } from '../lake/dataset/parts.ts'
import { lookAt } from '../lake/dataset/view.ts'
import { compacted, lettersIn } from './letters.ts'

/** Where one letter stands: its position in its source, and the row of a file. */
export interface LetterPlace {
  readonly position: number
  readonly part: Part
  readonly row: number
}

/** The letters of one partition of the source that rejected them, by position. */
export interface LetterPartition {
  readonly id: string
  readonly topic: string
  readonly places: readonly LetterPlace[]
}

/** What a dataset of dead letters holds at one moment. */
export interface LetterIndex {
  /** The log that wrote them; another log has letters of other messages. */
  readonly log: string
  readonly partitions: ReadonlyMap<string, LetterPartition>
}

/** What is known of one letter of a file. A published file never changes. */
interface Known {
  readonly partition: string
  readonly topic: string
  readonly position: number
}

/** How often a dataset is listed anew because a compaction took a file away meanwhile. */
const TRIES = 5

/** Finds the letters of a dataset without keeping their contents. */
export class LetterIndexer {
  readonly #dataset: Storage
  /** Path → the letters of the file. */
  #known = new Map<string, readonly Known[]>()

  constructor(dataset: Storage) {
    this.#dataset = dataset
  }

  /** Returns what the dataset holds now. Files that were read before are not read again. */
  async index(): Promise<LetterIndex> {
    for (let tries = 0; tries < TRIES; tries++) {
      const { parts } = await lookAt(this.#dataset)
      if (await this.#readAll(parts)) return indexOf(parts, this.#known)
    }
    throw compacted(this.#dataset)
  }

  async #readAll(parts: readonly Part[]): Promise<boolean> {
    const known = new Map<string, readonly Known[]>()
    for (const part of parts) {
      const old = this.#known.get(part.path)
      const letters = old ?? (await lettersIn(this.#dataset, part))?.map(({ partition, topic, position }) => ({ partition, topic, position }))
      if (!letters) return false
      known.set(part.path, letters)
    }
    this.#known = known
    return true
  }
}

function indexOf(parts: readonly Part[], known: ReadonlyMap<string, readonly Known[]>): LetterIndex {
  const partitions = new Map<string, { id: string; topic: string; places: Map<number, LetterPlace> }>()
  for (const part of parts) {
    for (const [row, letter] of (known.get(part.path) ?? []).entries()) {
      if (isOfFlow(letter)) continue
      const { partition: id, topic, position } = letter
      const found = partitions.get(id) ?? { id, topic, places: new Map<number, LetterPlace>() }
      partitions.set(id, found)
      // Topic, partition and position are the identity of a message: what has all three is the same one.
      if (!found.places.has(position)) found.places.set(position, { position, part, row })
    }
  }
  const sorted = [...partitions.values()].map(({ id, topic, places }): [string, LetterPartition] => [
    id,
    { id, topic, places: [...places.values()].sort((a, b) => a.position - b.position) },
  ])
  // A backfill rejects earlier messages later, and a compaction puts files of several tasks together: the order of the files is not that of the messages.
  return { log: [...new Set(parts.map(({ log }) => log))].sort().join(' '), partitions: new Map(sorted.sort(([a], [b]) => (a < b ? -1 : 1))) }
}
