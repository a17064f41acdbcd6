import type { Batch, Schema, TaskId } from '@tickets/core'
import { type PanelOptions, readWindows, valuesOf } from './columns.ts'
import type { PanelView } from './panel-view.ts'
import { Waiting, type Watcher } from './tapped-sink.ts'
import { WindowTable } from './window-table.ts'

/** Series of a panel: of more, some look alike. */
const SERIES = 12
/** Further values of a key that are counted; beyond that there are many. */
const HIDDEN = 1000

/** Keeps the last windows of a flow for a page: at most 60, of at most 12 series. */
export class Panel implements Watcher<unknown, WindowTable> {
  readonly waiting = new Waiting<WindowTable>()
  readonly #options: PanelOptions
  readonly #at: TaskId
  readonly #updates: boolean
  readonly #changed: () => void
  readonly #series = new Map<string, number>()
  readonly #hidden = new Set<string>()
  readonly #shown = new WindowTable()
  #refused = 0
  #isBroken = false

  /** @param changed called when there is something new to show */
  constructor(options: PanelOptions, at: TaskId, schema: Schema<unknown>, changed: () => void) {
    this.#options = options
    this.#at = at
    this.#changed = changed
    this.#updates = schema.fields.some(({ name }) => name === 'is_final')
    // The members of an enum keep their order, and so their colours.
    const members = schema.fields.find(({ name }) => name === options.by)?.values ?? []
    for (const name of options.by === undefined ? valuesOf(options) : members) this.#seriesOf(name)
  }

  /** The id of the log whose windows it has. */
  get logId(): string {
    return this.#at.logId
  }

  begin(): WindowTable {
    return new WindowTable()
  }

  add(held: WindowTable, batch: Batch<unknown>): void {
    for (const { start, end, revision, isFinal, key, values } of readWindows(batch, this.#options)) {
      values.forEach((value, i) => {
        const series = key === null ? i : this.#seriesOf(key)
        if (series !== null) held.set(start, end, series, { value, revision, isFinal })
      })
    }
  }

  show(held: WindowTable): void {
    this.#shown.take(held)
    this.#changed()
  }

  refused(count: number): void {
    this.#refused += count
  }

  failed(): void {
    this.#isBroken = true
    this.#changed()
  }

  /** Returns what the page shows. */
  view(pipeline: string): PanelView {
    const { title, by, value } = this.#options
    return {
      title,
      pipeline,
      flow: this.#at.flow,
      updates: this.#updates,
      stacked: by !== undefined || typeof value !== 'string',
      series: [...this.#series.keys()],
      windows: this.#shown.windows.map(({ start, end, cells }) => ({
        start,
        end,
        isFinal: [...cells.values()].every(({ isFinal }) => isFinal),
        values: [...this.#series.values()].map((series) => cells.get(series)?.value ?? null),
      })),
      hiddenSeries: this.#hidden.size,
      older: this.#shown.older,
      refused: this.#refused,
      isBroken: this.#isBroken,
    }
  }

  /** Returns the number of a series; null when there are too many. */
  #seriesOf(key: string): number | null {
    const found = this.#series.get(key)
    if (found !== undefined) return found
    if (this.#series.size < SERIES) {
      this.#series.set(key, this.#series.size)
      return this.#series.size - 1
    }
    if (this.#hidden.size < HIDDEN) this.#hidden.add(key)
    return null
  }
}
