import type { CommittedRange, RunState, TaskStatus } from '@tickets/core'
import type { RunView } from '../runs/run-view.ts'
import { withoutCredentials } from '../runs/status.ts'
import type { Totals } from './totals.ts'
import type { CommitView, HistoryView, LossView, OutputView, PartitionView, PipelineView, ProgressView, WaitView } from './view.ts'

/** Partitions of one pipeline that are shown. */
const PARTITIONS = 64
/** A partition without rows for this long is said to have none, as in `waiting` of the progress. */
const QUIET_MS = 5_000

/** What is known of a pipeline beside its run. */
export interface Known {
  readonly totals: Totals
  /** When the run began. */
  readonly since: number
  /** Reason → rejected messages; empty where they are not counted by reason. */
  readonly reasons: ReadonlyMap<string, number>
}

/** Returns what the dashboard shows of a pipeline. */
export function pipelineView(view: RunView, known: Known, clock: number): PipelineView {
  const { name, run, end, errors, ranges } = view
  const state = view.state()
  const now = state?.now ?? end?.at ?? clock
  const { totals } = known
  const { rows, rejected, late } = totals
  return {
    name,
    state: end?.how ?? 'running',
    source: run.source,
    counts: { rows, ranges: totals.ranges, rejected, late: sum(late.values()) },
    progress: state && progressOf(state, view),
    outputs: [...run.outputs].sort((a, b) => place(a) - place(b)).map((output) => outputOf(output, totals, now)),
    losses: lossesOf(known),
    history: historyOf(known, state, now),
    commits: ranges.map(commitOf).reverse(),
    faults: [...errors].reverse(),
  }
}

const sum = (counts: Iterable<number>): number => [...counts].reduce((all, one) => all + one, 0)

/** JSON has no infinite numbers. */
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)

/** Flows of the user first, those without windows before those with; then late rows and dead letters. */
const place = ({ flow, inMerge }: { readonly flow: string; readonly inMerge: boolean }) => (flow.startsWith('@') ? 2 : inMerge ? 1 : 0)

function progressOf(state: RunState, view: RunView): ProgressView {
  const { assigned, memory, progress } = state
  const all = Object.entries(progress.partitions)
    .filter(([task]) => assigned?.includes(task))
    .map(([task, status]) => partitionOf(task, status))
  const shown = all.length > PARTITIONS ? [...all].sort((a, b) => (a.watermark ?? 0) - (b.watermark ?? 0)).slice(0, PARTITIONS) : all
  return {
    read: progress.rows,
    uncommitted: sum(all.map(({ uncommitted }) => uncommitted)),
    lag: progress.lag,
    watermark: progress.watermark?.getTime() ?? null,
    held: memory.held,
    memory: memory.limit,
    windows: waitOf(state, view),
    partitions: shown,
    morePartitions: all.length - shown.length,
    isAssigned: assigned !== null,
  }
}

const partitionOf = (task: string, { rows, uncommitted, lag, watermark, lastRow, idle, ended }: TaskStatus): PartitionView => ({
  task,
  state: ended ? 'ended' : idle ? 'idle' : 'running',
  read: rows,
  uncommitted,
  lag,
  watermark: finite(watermark),
  lastRow: rows > 0 ? lastRow : null,
})

function waitOf({ now, merge, progress, assigned }: RunState, { run }: RunView): WaitView {
  const results = merge?.waiting ?? 0
  const nothing = { results, partition: null, quiet: null, reason: null }
  if (!run.outputs.some(({ inMerge }) => inMerge)) return { state: 'no windows', ...nothing }
  if (!merge) return { state: 'elsewhere', ...nothing }
  const running = Object.entries(progress.partitions).filter(([task, { idle, ended }]) => assigned?.includes(task) && !idle && !ended)
  const [slowest] = running.sort(([, a], [, b]) => (a.watermark < b.watermark ? -1 : 1))
  const quiet = slowest ? now - slowest[1].lastRow : 0
  return {
    state: results > 0 ? 'waiting' : 'none',
    results,
    partition: slowest?.[0] ?? null,
    quiet: quiet >= QUIET_MS ? quiet : null,
    reason: progress.waiting,
  }
}

function outputOf({ flow, target, format, inMerge }: RunView['run']['outputs'][number], { outputs }: Totals, now: number): OutputView {
  const found = outputs.get(flow)
  return {
    flow,
    target: target && withoutCredentials(target),
    format,
    inMerge,
    rows: found?.rows ?? 0,
    files: found?.files ?? 0,
    bytes: found?.bytes ?? 0,
    rate: Math.round((found?.rates.recent(now) ?? 0) * 10) / 10,
    lastCommit: found?.lastCommit ?? null,
  }
}

function lossesOf({ totals, reasons }: Known): LossView[] {
  const losses: LossView[] = [...totals.late].map(([where, rows]) => ({ kind: 'late', where, rows }))
  for (const [where, rows] of reasons) losses.push({ kind: 'rejected', where, rows })
  losses.push({ kind: 'rejected', where: null, rows: totals.rejected - sum(reasons.values()) })
  for (const kind of ['refused', 'unmapped', 'expired'] as const) losses.push({ kind, where: null, rows: totals[kind] })
  return losses.filter(({ rows }) => rows > 0).sort((a, b) => b.rows - a.rows)
}

/** Returns the rates of what was committed, and of what was read since: those rows come evenly until a range has them. */
function historyOf({ totals, since }: Known, state: RunState | null, now: number): HistoryView {
  const rates = totals.rates.copy()
  for (const task of state?.assigned ?? []) {
    const { uncommitted = 0 } = state?.progress.partitions[task] ?? {}
    if (uncommitted > 0) rates.add(uncommitted, totals.readUntil.get(task) ?? since, now)
  }
  return rates.view(now)
}

function commitOf({ task, n, at, rows, rejected, late, written, steps }: CommittedRange): CommitView {
  const all = Object.values(written)
  const begun = steps.read?.start ?? steps.stage?.start
  const writing = steps.stage && steps.publish && steps.publish.end - steps.stage.start
  return {
    task,
    n,
    at,
    rows,
    rejected,
    late: sum(Object.values(late)),
    written: sum(all.map((one) => one.rows)),
    files: sum(all.map((one) => one.files)),
    bytes: sum(all.map((one) => one.bytes)),
    took: begun === undefined ? null : at - begun,
    writing: writing ?? null,
  }
}
