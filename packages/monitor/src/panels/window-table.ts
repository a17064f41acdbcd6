/** The result of one window and key. */
export interface Cell {
  readonly value: number | null
  readonly revision: number
  readonly isFinal: boolean
}

/** One window, with a result for each series that has one. */
export interface TableWindow {
  readonly start: number
  readonly end: number
  readonly cells: Map<number, Cell>
}

/** Windows that are kept. */
const WINDOWS = 60

/** Keeps the last results of the last windows. */
export class WindowTable {
  readonly #windows = new Map<string, TableWindow>()
  /** Results of windows before those that are kept. */
  older = 0

  /** Sets the result of a window for a series, unless a later revision is there. */
  set(start: number, end: number, series: number, cell: Cell): void {
    const key = `${start} ${end}`
    const window = this.#windows.get(key) ?? { start, end, cells: new Map<number, Cell>() }
    const before = window.cells.get(series)
    if (before && before.revision > cell.revision) return
    window.cells.set(series, cell)
    if (this.#windows.has(key)) return
    this.#windows.set(key, window)
    if (this.#windows.size > WINDOWS) this.#forgetFirst()
  }

  /** Takes all results of a later table. */
  take(other: WindowTable): void {
    for (const { start, end, cells } of other.#windows.values()) for (const [series, cell] of cells) this.set(start, end, series, cell)
    this.older += other.older
  }

  /** The windows by their beginning. */
  get windows(): readonly TableWindow[] {
    return [...this.#windows.values()].sort((a, b) => a.start - b.start || a.end - b.end)
  }

  #forgetFirst(): void {
    const [first] = this.windows
    if (!first) return
    this.#windows.delete(`${first.start} ${first.end}`)
    this.older += first.cells.size
  }
}
