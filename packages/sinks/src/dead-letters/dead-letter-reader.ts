import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Chunk,
  type DeadLetter,
  type Limit,
  type Message,
  type OpenOptions,
  type Reader,
  type Rejected,
  type Schema,
  type Storage,
  TicketsError,
} from '@tickets/core'
import type { LetterPartition, LetterPlace } from './letter-index.ts'
import { compacted, lettersIn } from './letters.ts'

/** What a record of a replay keeps beside the position: how many letters lie below it. */
export interface Passed {
  readonly letters: number
}

interface ReaderOptions<T> extends Pick<OpenOptions<number>, 'maxFuture' | 'reference'> {
  readonly dataset: Storage
  readonly schema: Schema<T>
  readonly from: number
  /** Where reading ends; undefined: it waits for more. */
  readonly to: number | undefined
  readonly partition: LetterPartition
  /** Finds the letters anew, after a compaction. */
  readonly refresh: () => Promise<LetterPartition | undefined>
}

/** A dead letter whose end was cut off, since no text holds a message of its length. */
const CUT = /; only its first \d+ bytes are kept here$/
const REPLAYED = { replayed: new TextEncoder().encode('true') }
/** How often the letters are found anew for one read. */
const TRIES = 5

/** Reads the letters of one partition as the messages that they were. */
export class DeadLetterReader<T> implements Reader<T, number> {
  readonly #o: ReaderOptions<T>
  #places: readonly LetterPlace[]
  #at: number
  #position: number
  /** The letters of the file that was read last. */
  #open: { readonly path: string; readonly letters: readonly DeadLetter[] } | null = null

  constructor(options: ReaderOptions<T>) {
    this.#o = options
    this.#position = options.from
    this.#places = options.partition.places
    this.#at = below(this.#places, options.from)
  }

  async read({ rows, bytes, ms, signal }: Limit): Promise<Chunk<T, number> | 'end'> {
    const { to, schema, partition, maxFuture, reference } = this.#o
    if (to !== undefined && this.#position >= to) return 'end'
    const messages: Message[] = []
    const cut: Rejected[] = []
    let size = 0
    while (messages.length + cut.length < rows && (size < bytes || size === 0) && !signal.aborted) {
      const next = this.#places[this.#at]
      if (!next || (to !== undefined && next.position >= to)) break
      const letter = await this.#letter(next)
      const message = messageOf(letter)
      if (CUT.test(letter.reason)) cut.push({ ...message, reason: `its end was cut off in the dead letter: read it again from ${letter.partition}` })
      else messages.push(message)
      size += (message.value?.length ?? 0) + (message.key?.length ?? 0)
      this.#at++
      this.#position = next.position + 1
    }
    const next = this.#places[this.#at]
    if (to !== undefined && !signal.aborted && (!next || next.position >= to)) this.#position = to
    else if (messages.length + cut.length === 0 && !next) await sleep(ms, undefined, { signal }).catch(() => {})
    const number = Number(/-(\d+)$/.exec(partition.id)?.[1] ?? 0)
    const decoded = schema.decode(messages, { maxFuture, partition: number, ...(reference === undefined ? {} : { reference }) })
    const memory: { letters: number } = { letters: this.#at } satisfies Passed
    return {
      ...decoded,
      rejected: [...decoded.rejected, ...cut].sort((a, b) => a.offset - b.offset),
      position: this.#position,
      lag: this.#places.length - this.#at,
      memory,
    }
  }

  async close(): Promise<void> {
    this.#open = null
  }

  async #letter(place: LetterPlace): Promise<DeadLetter> {
    const { dataset, partition } = this.#o
    for (let tries = 0; tries < TRIES; tries++) {
      const { part, row } = this.#places[this.#at] ?? place
      if (this.#open?.path !== part.path) {
        const letters = await lettersIn(dataset, part)
        this.#open = letters && { path: part.path, letters }
      }
      const letter = this.#open?.letters[row]
      if (letter) return letter
      // A compaction has put its file together with others: positions stay what they are.
      this.#places = (await this.#o.refresh())?.places ?? []
      const now = below(this.#places, place.position)
      if (now !== this.#at) throw lettersChanged(dataset, partition.id, place.position, { now, passed: this.#at })
    }
    throw compacted(dataset)
  }
}

/** Returns how many letters lie below a position. */
export function below(places: readonly LetterPlace[], position: number): number {
  let [low, high] = [0, places.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((places[middle]?.position ?? 0) < position) low = middle + 1
    else high = middle
  }
  return low
}

/** Returns the error of letters below a position that are others than those that were read there. */
export const lettersChanged = (
  { location }: Storage,
  id: string,
  position: number,
  { now, passed }: { readonly now: number; readonly passed: number },
): TicketsError =>
  new TicketsError(
    'SOURCE_CHANGED',
    `${location} has ${now} dead letters of ${id} below ${position}, and ${passed} of them were replayed: a backfill adds such. Replay the dataset with a new log and new targets`,
  )

/** Returns the message that a dead letter was, with a header that says that it comes again. */
function messageOf({ key, value, encoding, position, timestamp }: DeadLetter): Message {
  const bytes = (text: string | null) => (text === null ? null : Buffer.from(text, encoding))
  return { key: bytes(key), value: bytes(value), offset: position, headers: REPLAYED, ...(timestamp ? { timestamp: timestamp.getTime() } : {}) }
}
