import type { Dot, Missed, Span, Step } from './outcome.ts'

/** A window as it is drawn: its lane, and whether it is out. */
export interface Bar extends Span {
  readonly lane: number
  readonly state: 'open' | 'out'
}

/** A row as it is drawn. */
export interface Point extends Dot {
  readonly state: 'read' | 'committed' | 'late'
}

/** All that the timeline shows after a step. */
export interface View {
  /** Event time at the left and the right edge, in seconds. */
  readonly from: number
  readonly to: number
  readonly points: readonly Point[]
  readonly bars: readonly Bar[]
  /** The keys of windows, each with its first lane and how many it has. */
  readonly lanes: readonly { readonly key: string; readonly first: number; readonly count: number }[]
  readonly laneCount: number
  readonly watermarks: readonly (number | null)[]
  readonly merge: number | null
}

const idOf = ({ key, start, end }: Span) => `${key}\n${start}\n${end}`

/**
 * Returns what the timeline shows after a step. Its edges and lanes are those of the whole run, so that nothing jumps from step to step.
 *
 * @example
 * viewAt(run(code, 'a@1 end').steps, 0).points // [{ partition: 0, key: 'a', seconds: 1, state: 'read' }]
 */
export function viewAt(steps: readonly Step[], at: number): View {
  const all = steps.flatMap(({ emitted, open }) => [...emitted, ...open])
  const times = [...steps.flatMap(({ rows }) => rows.map(({ seconds }) => seconds)), ...all.flatMap(({ start, end }) => [start, end])]
  const from = Math.min(0, ...times)
  const to = Math.max(from + 10, ...times)
  const { lanes, laneOf, laneCount } = lay(all)
  const upTo = steps.slice(0, at + 1)
  const bars = new Map<string, Bar>()
  const put = (state: 'open' | 'out') => (span: Span) => bars.set(idOf(span), { ...span, lane: laneOf.get(idOf(span)) ?? 0, state })
  for (const { emitted } of upTo) emitted.forEach(put('out'))
  const last = steps[at]
  // An open window that has been shown before stays out; its next revision comes with its text.
  last?.open.filter((span) => !bars.has(idOf(span))).forEach(put('open'))
  const committed = upTo.findLastIndex(({ commits }) => commits)
  const late = upTo.flatMap((step) => step.late)
  const points = upTo.flatMap(({ rows }, i) => rows.map((row) => ({ ...row, state: stateOf(row, i <= committed, late) })))
  return { from, to, points, bars: [...bars.values()], lanes, laneCount, watermarks: last?.watermarks ?? [], merge: last?.merge ?? null }
}

/** Returns the step to begin with: the one after the first result, where some windows are out and others fill. */
export function firstLook(steps: readonly Step[]): number {
  const first = steps.findIndex(({ emitted, out }) => emitted.length + out.length > 0)
  return Math.max(0, Math.min(steps.length - 1, first < 0 ? steps.length : first + 1))
}

const stateOf = (row: Dot, committed: boolean, late: readonly Missed[]): Point['state'] =>
  late.some(({ key, seconds }) => key === row.key && seconds === row.seconds) ? 'late' : committed ? 'committed' : 'read'

/** Puts each window into a lane of its key, where none that overlaps it stands. */
function lay(all: readonly Span[]) {
  const spans = new Map(all.map((span) => [idOf(span), span]))
  const laneOf = new Map<string, number>()
  const lanes: { key: string; first: number; count: number }[] = []
  let next = 0
  for (const key of [...new Set(all.map((span) => span.key))].sort()) {
    const ends: number[] = []
    const own = [...spans].filter(([, span]) => span.key === key).sort(([, a], [, b]) => a.start - b.start || a.end - b.end)
    for (const [id, { start, end }] of own) {
      const free = ends.findIndex((taken) => taken <= start)
      const lane = free < 0 ? ends.length : free
      ends[lane] = end
      laneOf.set(id, next + lane)
    }
    lanes.push({ key, first: next, count: ends.length })
    next += ends.length
  }
  return { lanes, laneOf, laneCount: next }
}
