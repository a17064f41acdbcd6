import { type Batch, internals, type Schema, type Timeline } from '../../batch/batch.ts'
import { RowTexts } from '../../schema/row-texts.ts'
import { eventTimes } from '../../time/event-time.ts'
import type { Late } from '../../window/engine/late.ts'
import { JoinSide, type NewRow, type SavedSide, type SideRow } from './join-side.ts'
import { checkHeld, joinKey, readerOf } from './lookup.ts'
import { lateOf, NOWHERE } from './temporal-join.ts'

/** A checked join of two streams. */
export interface IntervalDefinition {
  readonly id: string
  /** The columns that are compared. */
  readonly on: { readonly left: string; readonly right: string }
  readonly kind: 'inner' | 'left' | 'outer'
  /** How much earlier and later than the left row a right one may be, in milliseconds. */
  readonly before: number
  readonly after: number
  readonly grace: number
  readonly maxRows: number
}

/** A pair, or a row alone: the other one is null then. */
export interface Pair {
  readonly left: Readonly<Record<string, unknown>> | null
  readonly right: Readonly<Record<string, unknown>> | null
  /** The later one of their event times. */
  readonly time: number
  readonly offset: number
}

type Row = Readonly<Record<string, unknown>>
type SideName = 'left' | 'right'

/** On disk. */
export type SavedIntervalJoin = { readonly left?: SavedSide; readonly right?: SavedSide }

interface Side {
  readonly rows: JoinSide<Row>
  readonly texts: RowTexts<Row>
  readonly timeline: Timeline
}

/** Pairs the rows of two streams that have one key and lie close in event time (docs/internals/protocol.md#9.2). Plain and synchronous. */
export class IntervalJoin implements Timeline {
  readonly #definition: IntervalDefinition
  readonly #emit: (pair: Pair) => void
  readonly #sides: { left?: Side; right?: Side } = {}

  constructor(definition: IntervalDefinition, emit: (pair: Pair) => void) {
    this.#definition = definition
    this.#emit = emit
  }

  /** How far what it emits is complete: a row alone is emitted long after its event time. */
  get watermark(): number {
    const { kind, before, after, grace } = this.#definition
    const [left, right] = [this.#watermarkOf('left') - grace, this.#watermarkOf('right') - grace]
    return Math.min(kind === 'outer' ? left - before : left, kind === 'inner' ? right : right - after)
  }

  /** Learns from the empty batch of the start what the rows of a side are. */
  start(side: SideName, batch: Batch<unknown>): void {
    const timeline = internals.metadata(batch)?.timeline ?? NOWHERE
    const texts = new RowTexts<Row>(batch.schema as Schema<Row>, this.#definition.id)
    this.#sides[side] = { rows: new JoinSide<Row>(), texts, timeline }
  }

  /** Takes rows of a side, and returns those that their own partition's watermark has passed: they are dropped. */
  rows(name: SideName, batch: Batch<unknown>): Late[] {
    const { grace, kind } = this.#definition
    const [own, other] = [this.#side(name), this.#side(name === 'left' ? 'right' : 'left')]
    const late = lateOf(batch, grace)
    const isLate = new Set(late.map(({ row }) => row))
    const offsets = internals.metadata(batch)?.offsets
    const isAloneEmitted = name === 'left' ? kind !== 'inner' : kind === 'outer'
    for (const [i, row] of this.#read(name, batch).entries()) {
      if (isLate.has(i) || (row.key === null && !isAloneEmitted)) continue
      const added = own.rows.add({ ...row, offset: offsets?.[i] ?? 0 })
      for (const partner of this.#partners(name, other.rows, row)) {
        own.rows.pair(added)
        other.rows.pair(partner)
        const [left, right] = name === 'left' ? [added, partner] : [partner, added]
        this.#emit({ left: left.row, right: right.row, time: Math.max(left.at, right.at), offset: left.offset })
      }
    }
    checkHeld(this.#definition.id, own.rows.held + other.rows.held, this.#definition.maxRows)
    return late
  }

  /** Forgets the rows that the other side's watermark has passed, and emits those among them that had no partner, if they are wanted. */
  release(): void {
    const { kind, before, after, grace } = this.#definition
    const alone = ({ hasPartner }: SideRow<Row>) => !hasPartner
    const left = this.#side('left').rows.release(this.#watermarkOf('right') - grace - after)
    if (kind !== 'inner') for (const { row, at, offset } of left.filter(alone)) this.#emit({ left: row, right: null, time: at, offset })
    const right = this.#side('right').rows.release(this.#watermarkOf('left') - grace - before)
    if (kind === 'outer') for (const { row, at, offset } of right.filter(alone)) this.#emit({ left: null, right: row, time: at, offset })
  }

  snapshot(whole: boolean): SavedIntervalJoin | null {
    const [left, right] = (['left', 'right'] as const).map((name) => this.#side(name).rows.snapshot(whole, this.#side(name).texts.write))
    return left || right ? { ...(left && { left }), ...(right && { right }) } : null
  }

  restore(saved: SavedIntervalJoin): void {
    for (const name of ['left', 'right'] as const) {
      const side = saved[name]
      if (side) this.#side(name).rows.restore(side, (texts) => this.#read(name, this.#side(name).texts.read(texts)))
    }
  }

  #partners(name: SideName, other: JoinSide<Row>, { key, at }: Pick<NewRow<Row>, 'key' | 'at'>): readonly SideRow<Row>[] {
    const { before, after } = this.#definition
    if (key === null) return []
    return name === 'left' ? other.between(key, at - before, at + after) : other.between(key, at - after, at + before)
  }

  #read(name: SideName, batch: Batch<unknown>): Omit<NewRow<Row>, 'offset'>[] {
    const on = this.#definition.on[name]
    const keyOf = readerOf(batch, on)
    const time = eventTimes(batch)
    return [...(batch as Batch<Row>)].map((row, i) => ({ key: joinKey(keyOf(i)), at: time(i), row }))
  }

  #watermarkOf(name: SideName): number {
    return this.#sides[name]?.timeline.watermark ?? Number.NEGATIVE_INFINITY
  }

  #side(name: SideName): Side {
    const side = this.#sides[name]
    if (!side) throw new TypeError('a join starts with an empty batch of each side')
    return side
  }
}
