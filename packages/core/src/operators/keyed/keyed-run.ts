import { TicketsError } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import { putIn } from '../../base/own-names.ts'
import { type Batch, internals } from '../../batch/batch.ts'
import { eventTimes } from '../../time/event-time.ts'
import { requireWatermarks } from '../../window/engine/late.ts'
import { groupable } from '../../window/groups/keys.ts'
import type { AnyKey, KeyedDefinition } from './definition.ts'
import type { KeyedOutput } from './keyed-output.ts'
import { KeyedScope } from './keyed-scope.ts'
import { KeyedStore } from './keyed-store.ts'

/** Timers that fire at the end of a source although they were set after it: more of them are taken for a timer that sets itself for ever. */
const MOST_AFTER_END = 1_000_000

/** On disk, beside the keys. */
type Standing = {
  /** The watermark of the last range, kept for the rows that `onEnd` emits. */
  readonly watermark?: number
  readonly ended?: boolean
}

/** One subscription of a `keyedOperator`: rows and timers in the order that the protocol fixes (docs/internals/protocol.md#9.5). */
export class KeyedRun<S, B> {
  readonly #definition: KeyedDefinition<S>
  readonly #output: KeyedOutput<B>
  readonly #store: KeyedStore<S>
  readonly #context: KeyedScope<S, B>
  /** For each column of the key, whether its values are instants; known with the first batch. */
  #instants: readonly boolean[] = []
  /** What the rows that are emitted now get as the watermark before them, and as their position. */
  #watermark = Number.NEGATIVE_INFINITY
  #offset = 0
  #ended = false
  /** What the last snapshot holds beside the keys. */
  #noted = '{}'

  constructor(definition: KeyedDefinition<S>, output: KeyedOutput<B>) {
    this.#definition = definition
    this.#output = output
    this.#store = new KeyedStore(definition)
    const emit = (row: B) => output.add(row, this.#watermark, this.#offset)
    this.#context = new KeyedScope<S, B>(definition, this.#store, (id) => this.#keyOf(id), emit)
  }

  /** Learns from the first batch, which may be empty, what the rows are. Throws `OPTION_INVALID` for a key that the rows lack. */
  start(batch: Batch<unknown>): void {
    this.#instants = this.#definition.by.map((name) => groupable(batch, name).field.kind === 'instant')
  }

  /** Takes rows, each after the timers that the watermark before it has passed. */
  rows(batch: Batch<unknown>): void {
    const { onRow } = this.#definition
    const watermarks = requireWatermarks(batch)
    const offsets = internals.metadata(batch)?.offsets
    const time = eventTimes(batch)
    const keys = this.#store.keys.reader(batch)
    const context = this.#context
    let i = 0
    for (const row of batch) {
      const watermark = watermarks[i] as number
      this.#fire(watermark)
      this.#store.expire(watermark)
      this.#watermark = watermark
      this.#offset = offsets?.[i] ?? 0
      const at = time(i)
      context.run(keys.idOf(i), at, at < watermark, () => onRow(row, context))
      i++
    }
    this.#output.flush()
    this.#store.release()
  }

  /** Fires what a watermark has passed, which no row has to come for. With `expires`, states that are too old go too. */
  advance(watermark: number, expires: boolean): void {
    this.#fire(watermark)
    if (expires) this.#store.expire(watermark)
    if (watermark > this.#watermark) this.#watermark = watermark
    this.#output.flush()
    this.#store.release()
  }

  /** Fires all timers, and ends each key with a state. Nothing comes after it, also where it is called again. */
  end(): void {
    if (this.#ended) return
    const { onEnd } = this.#definition
    let more = this.#store.timers + MOST_AFTER_END
    const fired = () => {
      if (more-- > 0) return
      throw new TicketsError(
        'STATE_LIMIT',
        `"${this.#definition.id}" has set ${MOST_AFTER_END} timers after the source ended: a timer that sets itself again never ends, so let onTimer set another only while there is something to wait for`,
      )
    }
    this.#fire(Number.POSITIVE_INFINITY, fired)
    this.#offset = 0
    for (const id of onEnd ? this.#store.idsWithState() : []) {
      this.#context.run(id, this.#store.lastOf(id), false, () => onEnd?.(this.#context))
      this.#fire(Number.POSITIVE_INFINITY, fired)
    }
    this.#output.flush()
    this.#close()
  }

  snapshot(whole: boolean): Json | null {
    const cut = this.#store.cut(whole)
    const keepsWatermark = this.#definition.onEnd && Number.isFinite(this.#watermark)
    const standing: Standing = { ...(keepsWatermark ? { watermark: this.#watermark } : {}), ...(this.#ended ? { ended: true } : {}) }
    const text = JSON.stringify(standing)
    if (cut === null && text === this.#noted) return null
    this.#noted = text
    return { ...(cut ?? { drop: [], set: [] }), ...standing }
  }

  restore(json: Json, version: number): void {
    const { watermark, ended = false } = json as Standing
    if (ended) this.#close()
    this.#store.takeBack(json, version)
    this.#watermark = watermark ?? this.#watermark
  }

  /** Notes the end. What the keys held is in earlier records, and of no use any more. */
  #close(): void {
    if (!this.#ended) this.#store.reset()
    this.#ended = true
  }

  /** Fires the timers before `watermark`. The rows that a timer emits get its time as their watermark: windows after it are as open as if it had fired then. */
  #fire(watermark: number, fired: () => void = () => {}): void {
    const { onTimer } = this.#definition
    for (let timer = this.#store.dueTimer(watermark); timer; timer = this.#store.dueTimer(watermark)) {
      const { id, at } = timer
      fired()
      if (at > this.#watermark) this.#watermark = at
      this.#offset = 0
      this.#context.run(id, at, false, () => onTimer?.(at, this.#context))
    }
  }

  #keyOf(id: number): AnyKey {
    const values = this.#store.keys.values(id)
    const key = {}
    for (const [k, name] of this.#definition.by.entries()) {
      const value = values[k] ?? null
      putIn(key, name, value !== null && this.#instants[k] ? new Date(value as number) : value)
    }
    return key
  }
}
