/**
 * What joins are, in the plainest code that can be right: lists that are searched after every row. It shares nothing with the operators, and is there to
 * be compared with them (docs/internals/protocol.md#9.2).
 */
export interface ModelRow {
  readonly id: string
  readonly key: string | null
  readonly time: number
  /** Of a table: the row is gone from this time on. */
  readonly isGone?: boolean
}

class Clock {
  watermark = Number.NEGATIVE_INFINITY
  readonly #delay: number

  constructor(delay: number) {
    this.#delay = delay
  }

  move(time: number): void {
    this.watermark = Math.max(this.watermark, time - this.#delay)
  }
}

abstract class JoinModel {
  late = 0
  emitted: string[] = []
  protected readonly left: Clock
  protected readonly right: Clock
  protected readonly grace: number

  constructor(delay: number, grace: number) {
    this.left = new Clock(delay)
    this.right = new Clock(delay)
    this.grace = grace
  }

  rows(side: 'left' | 'right', rows: readonly ModelRow[]): void {
    for (const row of rows) {
      const isLate = row.time < this[side].watermark - this.grace
      if (isLate) this.late++
      this.take(side, row, isLate)
      this[side].move(row.time)
    }
    this.release()
  }

  end(): void {
    this.left.watermark = Number.POSITIVE_INFINITY
    this.right.watermark = Number.POSITIVE_INFINITY
    this.release()
  }

  protected abstract take(side: 'left' | 'right', row: ModelRow, isLate: boolean): void
  protected abstract release(): void
}

/** A join with a table that follows a source: `left` are the rows, `right` the versions. */
export class TemporalModel extends JoinModel {
  readonly #isInner: boolean
  #waiting: ModelRow[] = []
  readonly #versions: { readonly row: ModelRow; readonly from: number; readonly position: number }[] = []

  constructor(delay: number, grace: number, isInner: boolean) {
    super(delay, grace)
    this.#isInner = isInner
  }

  protected take(side: 'left' | 'right', row: ModelRow, isLate: boolean): void {
    if (side === 'right') {
      const passed = this.right.watermark - this.grace
      this.#versions.push({ row, from: isLate ? passed : row.time, position: this.#versions.length })
    } else if (!isLate) this.#waiting.push(row)
  }

  protected release(): void {
    const passed = this.right.watermark - this.grace
    for (const { id, key, time } of this.#waiting.filter((row) => row.time < passed)) {
      const seen = this.#versions.filter(({ row, from }) => row.key === key && from <= time)
      const [newest] = seen.sort((a, b) => b.row.time - a.row.time || b.position - a.position)
      const found = newest && !newest.row.isGone ? newest.row.id : null
      if (found !== null || !this.#isInner) this.emitted.push(`${id}=${found ?? '∅'}`)
    }
    this.#waiting = this.#waiting.filter((row) => row.time >= passed)
  }
}

/** A join of two streams in time. */
export class IntervalModel extends JoinModel {
  readonly #kind: 'inner' | 'left' | 'outer'
  readonly #before: number
  readonly #after: number
  #rows: { readonly side: 'left' | 'right'; readonly row: ModelRow; hasPartner: boolean }[] = []

  constructor(delay: number, grace: number, kind: 'inner' | 'left' | 'outer', before: number, after: number) {
    super(delay, grace)
    this.#kind = kind
    this.#before = before
    this.#after = after
  }

  protected take(side: 'left' | 'right', row: ModelRow, isLate: boolean): void {
    if (isLate) return
    const own = { side, row, hasPartner: false }
    for (const other of this.#rows.filter((one) => one.side !== side)) {
      const [left, right] = side === 'left' ? [own, other] : [other, own]
      const isPair =
        row.key !== null &&
        left.row.key === right.row.key &&
        left.row.time - this.#before <= right.row.time &&
        right.row.time <= left.row.time + this.#after
      if (!isPair) continue
      own.hasPartner = true
      other.hasPartner = true
      this.emitted.push(`${left.row.id}+${right.row.id}@${Math.max(left.row.time, right.row.time)}`)
    }
    this.#rows.push(own)
  }

  protected release(): void {
    const isOver = ({ side, row }: { side: 'left' | 'right'; row: ModelRow }) =>
      side === 'left' ? this.right.watermark - this.grace > row.time + this.#after : this.left.watermark - this.grace > row.time + this.#before
    for (const { side, row, hasPartner } of this.#rows.filter(isOver)) {
      if (hasPartner) continue
      if (side === 'left' && this.#kind !== 'inner') this.emitted.push(`${row.id}+∅@${row.time}`)
      if (side === 'right' && this.#kind === 'outer') this.emitted.push(`∅+${row.id}@${row.time}`)
    }
    this.#rows = this.#rows.filter((row) => !isOver(row))
  }
}
