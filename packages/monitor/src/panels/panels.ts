import type { TaskId } from '@tickets/core'
import { checkColumns, type PanelOptions } from './columns.ts'
import { Panel } from './panel.ts'
import type { PanelView } from './panel-view.ts'
import type { Tap } from './tapped-sink.ts'
import type { WindowTable } from './window-table.ts'

/** Panels of one title and flow are one, however often a pipeline builds its flows. */
const keyOf = ({ logId, flow }: TaskId, { title }: PanelOptions) => JSON.stringify([logId, flow, title])

/** Keeps the panels of all flows, in the order in which the flows began. */
export class Panels {
  readonly #panels = new Map<string, Panel>()
  #changes = 0

  /** How often a panel has changed. */
  get changes(): number {
    return this.#changes
  }

  /** Returns a tap for the sink of a flow whose windows a panel shows. */
  tap(options: PanelOptions): Tap<unknown, WindowTable> {
    return {
      check: (schema, flow) => checkColumns(options, schema, flow),
      open: (at, schema) => {
        const key = keyOf(at, options)
        const panel = this.#panels.get(key) ?? new Panel(options, at, schema, this.#changed)
        this.#panels.set(key, panel)
        this.#changed()
        return panel
      },
    }
  }

  /** Returns what the panels show. Those of logs without a name, which no run has any more, are forgotten. */
  view(nameOf: (logId: string) => string | null): PanelView[] {
    return [...this.#panels].flatMap(([key, panel]) => {
      const name = nameOf(panel.logId)
      if (name === null) this.#panels.delete(key)
      return name === null ? [] : [panel.view(name)]
    })
  }

  readonly #changed = () => {
    this.#changes += 1
  }
}
