import type { Clock } from '../../base/clock.ts'
import type { Json, JsonObject } from '../../base/json.ts'
import { Batch, type Schema } from '../../batch/batch.ts'
import { eventTimes } from '../../time/event-time.ts'
import type { Chunk, InputPart, Limit, Reader, Source } from '../source.ts'
import type { InputOptions } from './input.ts'

/** One partition that the reader reads. */
export interface ReaderPart {
  readonly reader: Reader<unknown, Json>
  readonly partition: string
  readonly source: Pick<Source<unknown, Json>, 'name' | 'schema' | 'until'>
  /** Null for the task's own partition. */
  readonly input: InputOptions | null
  readonly from: Json
  readonly memory: Json | undefined
}

interface Reading {
  readonly part: ReaderPart
  position: Json
  memory: Json | undefined
  lag: number | null
  /** The newest event time that it gave. */
  newest: number
  /** Whether its last read gave nothing, and nothing was left to read. */
  isCaughtUp: boolean
  isIdle: boolean
  hasEnded: boolean
  /** When it last gave rows, by the wall clock. */
  lastRow: number
  pending: Promise<void> | null
  ready: Chunk<unknown, Json> | 'end' | null
}

/** How long a first look at a partition may wait, in milliseconds: another one may have rows. */
const FIRST_LOOK = 50

/**
 * Reads the partitions of one task, the one that is behind in event time first: so joins hold few rows. What comes out does not depend on the order
 * (docs/internals/protocol.md#9.6).
 */
export class JoinedReader<T> implements Reader<T, Json> {
  /** What a chunk has of the task's own rows where it is of another source. */
  readonly #none: Batch<T>
  readonly #readings: readonly Reading[]
  readonly #clock: Clock
  readonly #idleTimeout: number
  #position: JsonObject

  /** @param parts the task's own partition first */
  constructor(schema: Schema<T>, parts: readonly ReaderPart[], { clock, idleTimeout }: { readonly clock: Clock; readonly idleTimeout: number }) {
    this.#none = Batch.of(schema, [])
    this.#clock = clock
    this.#idleTimeout = idleTimeout
    const fresh = { lag: null, newest: Number.NEGATIVE_INFINITY, isCaughtUp: false, isIdle: false, hasEnded: false, pending: null, ready: null }
    this.#readings = parts.map((part) => ({ ...fresh, part, position: part.from, memory: part.memory, lastRow: clock.now() }))
    this.#position = this.#vector()
  }

  async read(max: Limit): Promise<Chunk<T, Json> | 'end'> {
    for (;;) {
      const idle = this.#readings.find((reading) => this.#isIdleNow(reading))
      if (idle) {
        idle.isIdle = true
        // The commit of what this lets joins emit needs a range that is not empty.
        this.#position = this.#vector()
        return this.#chunk(idle, this.#nothing(idle))
      }
      const turn = this.#turn()
      if (turn.length === 0) return 'end'
      const ready = turn.find((reading) => reading.ready !== null)
      if (ready) {
        const chunk = this.#taken(ready)
        if (chunk) return chunk
        continue
      }
      for (const reading of turn) this.#begin(reading, max)
      await Promise.race(turn.map(({ pending }) => pending))
    }
  }

  async commit(position: Json, note: string): Promise<void> {
    for (const { part } of this.#readings) await part.reader.commit?.((position as JsonObject)[part.partition] as Json, note)
  }

  async close(): Promise<void> {
    await Promise.all(this.#readings.map(({ part }) => part.reader.close()))
  }

  /** Returns those that may be read now: the one that is furthest behind, and those after it as long as all before have nothing to give. */
  #turn(): Reading[] {
    const rank = ({ part, isCaughtUp }: Reading) => (part.input?.readFirst && !isCaughtUp ? Number.NEGATIVE_INFINITY : 0)
    // Of two that are equally far, tables and other streams come before the rows that wait for them.
    const open = this.#readings.filter(({ hasEnded }) => !hasEnded)
    const sorted = [...open.slice(1), ...open.slice(0, 1)].sort((a, b) => compare(rank(a), rank(b)) || compare(a.newest, b.newest))
    const last = sorted.findIndex(({ isCaughtUp }) => !isCaughtUp)
    return last < 0 ? sorted : sorted.slice(0, last + 1)
  }

  #begin(reading: Reading, max: Limit): void {
    const ms = reading.isCaughtUp ? max.ms : Math.min(max.ms, FIRST_LOOK)
    reading.pending ??= reading.part.reader.read({ ...max, ms }).then((given) => {
      reading.ready = given
      reading.pending = null
    })
    // Where another one is faster, a failure is met at the next turn.
    reading.pending.catch(() => {})
  }

  /** Takes what a partition has given; null for the end of one that has not ended for good, which says nothing. */
  #taken(reading: Reading): Chunk<T, Json> | null {
    const given = reading.ready
    reading.ready = null
    if (given === 'end' || given === null) {
      reading.hasEnded = true
      reading.lag = 0
      return reading.part.source.until === 'complete' && reading.part.input ? this.#chunk(reading, this.#nothing(reading)) : null
    }
    const { batch, rejected, unmapped = 0 } = given
    const isQuiet = batch.length + rejected.length + unmapped === 0
    reading.isCaughtUp = isQuiet && given.lag === 0
    reading.lag = given.lag
    reading.memory = given.memory
    if (!isQuiet) {
      reading.lastRow = this.#clock.now()
      reading.isIdle = false
      reading.newest = newestOf(batch, reading.newest)
    }
    if (reading.position !== given.position) {
      reading.position = given.position
      this.#position = this.#vector()
    }
    return this.#chunk(reading, given)
  }

  #chunk({ part, hasEnded, isIdle }: Reading, given: Chunk<unknown, Json>): Chunk<T, Json> {
    const lags = this.#readings.map(({ lag }) => lag)
    const { memory: _, ...rest } = given
    const memories = this.#readings.flatMap(({ part: { partition }, memory }) => (memory === undefined ? [] : [[partition, memory] as const]))
    const common = {
      ...rest,
      position: this.#position,
      lag: lags.reduce((sum, lag) => (sum === null || lag === null ? null : sum + lag), 0),
      ...(memories.length > 0 ? { memory: Object.fromEntries(memories) } : {}),
    }
    if (!part.input) return { ...common, batch: given.batch as Batch<T> }
    const state: InputPart['state'] = hasEnded ? 'ended' : isIdle ? 'idle' : 'running'
    const { partition, source } = part
    return { ...common, batch: this.#none, part: { input: source.name, partition, state, rows: given.batch } }
  }

  #nothing({ part, position, lag }: Reading): Chunk<unknown, Json> {
    return { batch: Batch.of(part.source.schema, []), rejected: [], position, lag }
  }

  #isIdleNow({ part, isIdle, isCaughtUp, hasEnded, lastRow }: Reading): boolean {
    if (!part.input || isIdle || hasEnded || !isCaughtUp) return false
    return this.#clock.now() - lastRow >= (part.input.idleTimeout ?? this.#idleTimeout)
  }

  #vector(): JsonObject {
    return Object.fromEntries(this.#readings.map(({ part, position }) => [part.partition, position]))
  }
}

const compare = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0)

function newestOf(batch: Batch<unknown>, before: number): number {
  const time = eventTimes(batch)
  let newest = before
  for (let i = 0; i < batch.length; i++) newest = Math.max(newest, time(i))
  return newest
}
