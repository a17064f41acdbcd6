import { Batch } from '../../batch/batch.ts'
import type { Chunk, Limit, Reader } from '../../connectors/source.ts'
import { Ticket } from '../ticket.ts'
import type { Pace } from './pace.ts'
import type { TicketMaker } from './ticket-maker.ts'

export interface GeneratorReaderOptions {
  readonly maker: TicketMaker
  readonly partition: number
  readonly partitions: number
  /** Positions `[from, end)` of the partition's own sequence; `end` is Infinity when endless. */
  readonly from: number
  readonly end: number
  /** Null: as fast as it goes. */
  readonly pace: Pace | null
}

/** Reads one partition of the generator: position k of partition p is ticket p + k · partitions. */
export class GeneratorReader implements Reader<Ticket, number> {
  readonly #o: GeneratorReaderOptions
  #position: number

  constructor(options: GeneratorReaderOptions) {
    this.#o = options
    this.#position = options.from
  }

  async read(max: Limit): Promise<Chunk<Ticket, number> | 'end'> {
    const { maker, partition, partitions, end, pace } = this.#o
    if (this.#position >= end) return 'end'
    const due = pace ? await pace.wait(max) : Number.POSITIVE_INFINITY
    const rows = max.signal.aborted ? 0 : Math.min(max.rows, due, end - this.#position)
    const span = { first: partition + this.#position * partitions, step: partitions, position: this.#position }
    const batch = rows > 0 ? maker.make(span, rows, max.bytes) : Batch.of(Ticket, [])
    this.#position += batch.length
    pace?.take(batch.length)
    return { batch, rejected: [], position: this.#position, lag: this.#lag() }
  }

  async close(): Promise<void> {}

  /** Returns the tickets that are left. An endless generator returns those that are due by its rate, so that a slow one counts as caught up. */
  #lag(): number | null {
    const { end, pace } = this.#o
    if (Number.isFinite(end)) return end - this.#position
    return pace ? pace.due : null
  }
}
