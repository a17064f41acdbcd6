import type { DeadLetter, RunWatcher, Schema, Sink, WatchedRun } from '@tickets/core'
import { type Monitor, type MonitorOptions, monitorOf } from '../monitor.ts'
import type { PanelOptions } from '../panels/columns.ts'
import type { PanelView } from '../panels/panel-view.ts'
import { Panels } from '../panels/panels.ts'
import { Rejections } from '../panels/rejections.ts'
import { tappedSink } from '../panels/tapped-sink.ts'
import { nameOfRun } from '../runs/run-view.ts'
import { Runs } from '../runs/runs.ts'
import { pipelineView } from './pipeline-view.ts'
import { Totals } from './totals.ts'
import type { DashboardView } from './view.ts'

/** A monitor with a page for people. `serveMonitor` and `monitorHandler` serve it beside the other pages. */
export interface Dashboard extends Monitor {
  /**
   * Returns a sink that writes what `sink` writes, and shows its windows on the page as they become visible: with `emit: 'updates'` while they fill. The
   * log and the target do not change, so that panels come and go with any start. A panel that throws shows nothing new, and stops nothing.
   *
   * @throws at the start of a run `OPTION_INVALID` for columns that the windows lack
   * @example
   * into(live.panel(parquetSink('data/by_type'), { title: 'Tickets by type', value: 'tickets', by: 'request_type' }))
   */
  panel<T>(sink: Sink<T>, options: PanelOptions): Sink<T>
  /**
   * Returns a sink for `deadLetters` that writes what `sink` writes, and counts the kinds of reasons for the page: names of columns of `schema`, and fixed
   * texts. What the reasons quote of a message is not shown.
   *
   * @example
   * pipeline({ …, deadLetters: live.rejections(jsonSink('data/dead_letters'), Ticket) })
   */
  rejections(sink: Sink<DeadLetter>, schema: Schema<unknown>): Sink<DeadLetter>
  /** Returns what the page shows of the pipelines at this moment. */
  view(): DashboardView
  /** Returns what the panels show, in the order in which their flows began. */
  panels(): readonly PanelView[]
  /** How often the panels have changed; the same number means the same panels. */
  readonly changes: number
}

interface Watched {
  readonly totals: Totals
  since: number
}

/**
 * Creates a monitor that has a page: the pipeline with its rates, lag and watermarks, what windows wait for, windows as they fill, late and rejected rows,
 * the last commits. Nothing is done for each row, except by panels for each row of a window.
 *
 * @example
 * const live = dashboard()
 * await serveMonitor(live, { port: 9464 }) // http://127.0.0.1:9464/dashboard
 * await pipeline({ …, telemetry: live }).run()
 */
export function dashboard(options: MonitorOptions = {}): Dashboard {
  const runs = new Runs()
  const base = monitorOf(runs, options)
  const watched = new Map<string, Watched>()
  const panels = new Panels()
  const rejections: Rejections[] = []
  const reasonsOf = (logId: string) => summed(rejections.map((one) => one.of(logId)))
  const nameOf = (logId: string) => runs.all.find(({ run }) => run.logId === logId && run.backfill === null)?.name ?? null
  const knownOf = (name: string, since: number): Watched => {
    const known = watched.get(name) ?? { totals: new Totals(), since }
    watched.set(name, known)
    return known
  }
  return {
    ...base,
    watch(run: WatchedRun): RunWatcher {
      const watcher = base.watch(run)
      const { now } = run.state()
      const known = knownOf(nameOfRun(run), now)
      known.since = now
      // What an earlier run has read and not committed is read again.
      known.totals.readUntil.clear()
      return {
        ...watcher,
        committed(range) {
          watcher.committed?.(range)
          known.totals.add(range)
        },
      }
    },
    panel: (sink, given) => tappedSink(sink, panels.tap(given)),
    rejections(sink, schema) {
      const counted = new Rejections(schema)
      rejections.push(counted)
      return tappedSink(sink, counted)
    },
    view: () => ({
      now: Date.now(),
      pipelines: runs.all.map((view) => {
        const { totals, since } = knownOf(view.name, 0)
        return pipelineView(view, { totals, since, reasons: reasonsOf(view.run.logId) }, Date.now())
      }),
    }),
    panels: () => panels.view(nameOf),
    get changes() {
      return panels.changes
    },
  }
}

function summed(all: readonly ReadonlyMap<string, number>[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>()
  for (const counts of all) for (const [name, rows] of counts) sums.set(name, (sums.get(name) ?? 0) + rows)
  return sums
}

/** Returns whether a monitor has a page for people. */
export const isDashboard = (monitor: Monitor): monitor is Dashboard => 'panels' in monitor
