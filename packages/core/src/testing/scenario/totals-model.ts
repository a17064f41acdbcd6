/**
 * What running totals are, in the plainest code that can be right: the rows of each key in a list, which is aggregated anew each time. It shares nothing with
 * `runningTotals`, and is there to be compared with it (docs/internals/protocol.md#9.4).
 */
export interface TotalsRow {
  readonly time: number
  readonly key: string | null
  readonly value: number | null
  readonly label: string | null
  /** A filter before the operator drops the row; it moves the watermark all the same. */
  readonly dropped: boolean
}

/** What is expected of one key. */
export interface ModelTotal {
  readonly key: string | null
  readonly rows: number
  readonly big: number
  readonly sum: number
  readonly mean: number | null
  readonly min: number | null
  readonly max: number | null
  readonly first: number | null
  readonly last: string | null
  readonly least: string | null
  readonly labels: number
  readonly at: number
}

type Placed = TotalsRow & { readonly position: number }

/** Numbers of the traces are whole multiples of 2^-60. */
const UNIT = 2 ** 60

/** One partition, from its first row on. */
export class TotalsModel {
  /** The positions of late rows. */
  readonly late: number[] = []
  readonly #delay: number
  readonly #ttl: number
  readonly #lives = new Map<string | null, Placed[]>()
  readonly #changed = new Set<string | null>()
  /** Totals of keys that were gone before the range ended. */
  #over: ModelTotal[] = []
  #watermark = Number.NEGATIVE_INFINITY
  #position = 0

  constructor(delay: number, ttl: number) {
    this.#delay = delay
    this.#ttl = ttl
  }

  row(row: TotalsRow): void {
    const position = this.#position++
    if (!row.dropped) this.#count({ ...row, position })
    this.watermark(row.time - this.#delay)
  }

  watermark(to: number): void {
    this.#watermark = Math.max(this.#watermark, to)
    for (const [key, rows] of this.#lives) {
      if (this.#watermark <= lastOf(rows) + this.#ttl) continue
      if (this.#changed.delete(key)) this.#over.push(totalOf(key, rows))
      this.#lives.delete(key)
    }
  }

  /** Ends a range: what changed in it. */
  commit(): ModelTotal[] {
    const changed = [...this.#changed].map((key) => totalOf(key, this.#lives.get(key) as Placed[]))
    const all = [...this.#over, ...changed]
    this.#over = []
    this.#changed.clear()
    return all
  }

  #count(row: Placed): void {
    const rows = this.#lives.get(row.key) ?? []
    if (this.#watermark > Math.max(row.time, lastOf(rows)) + this.#ttl) {
      this.late.push(row.position)
      return
    }
    this.#lives.set(row.key, [...rows, row])
    this.#changed.add(row.key)
  }
}

const lastOf = (rows: readonly Placed[]) => Math.max(...rows.map(({ time }) => time))

function totalOf(key: string | null, rows: readonly Placed[]): ModelTotal {
  const values = rows.flatMap(({ value }) => (value === null ? [] : [value]))
  const labels = rows.flatMap(({ label }) => (label === null ? [] : [label]))
  const inOrder = [...rows].sort((a, b) => a.time - b.time || a.position - b.position)
  // Exact in whole numbers, and rounded once.
  const whole = values.reduce((sum, value) => sum + BigInt(value * UNIT), 0n)
  const sum = Number(whole) / UNIT
  return {
    key,
    rows: rows.length,
    big: values.filter((value) => value === 1e16).length,
    sum,
    mean: values.length === 0 ? null : sum / values.length,
    min: values.length === 0 ? null : Math.min(...values),
    max: values.length === 0 ? null : Math.max(...values),
    first: inOrder.find(({ value }) => value !== null)?.value ?? null,
    last: inOrder.findLast(({ label }) => label !== null)?.label ?? null,
    least: labels.sort()[0] ?? null,
    labels: new Set(labels).size,
    at: lastOf(rows),
  }
}
