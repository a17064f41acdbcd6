import { sync } from './disk.ts'
import type { Bounds } from './rules.ts'
import { MERGE_DOWN, type MergeWorker, type State, Violation } from './state.ts'
import { act, highest, type Next } from './worker.ts'

/** The merge: reads its own head, folds the task's records in order, commits how far it came (docs/internals/protocol.md#4.1). */
export function mergeSteps(s: State, i: number, bounds: Bounds): Next[] {
  const w = s.merges[i] as MergeWorker
  const name = `merge ${i + 1}`
  const go = (label: string, change: Partial<MergeWorker>, state: State = s): Next => ({
    label: `${name} ${label}`,
    state: { ...state, merges: state.merges.map((old, j) => (j === i ? { ...old, ...change } : old)) },
  })
  if (w.at === 'stopped') return []
  if (w.at === 'down') {
    const m = s.mergeLog.length - 1
    const { position, to } = s.mergeLog[m] ?? { position: -1, to: 0 }
    return [go(`starts after its record ${m}, at record ${position}`, { at: 'fold', m, position, to, committed: position })]
  }
  const next: Next[] = []
  if (w.position > w.committed) {
    // Its log's rule is the task's: the number must be free.
    if (s.mergeLog.length === w.m + 1) {
      const mergeLog = [...s.mergeLog, { position: w.position, to: w.to }]
      next.push(go(`commits that it is at record ${w.position}`, { m: w.m + 1, committed: w.position }, { ...s, mergeLog }))
    } else next.push(go('is beaten to its record by the other', MERGE_DOWN))
  }
  const latest = highest(s)
  if (!latest || latest.n <= w.position) return next
  const found = Object.values(s.log.now).find((r) => r.n === w.position + 1)
  if (!found) {
    // The other merge may be further, and the task have pruned: it looks where its log is.
    if (s.mergeLog.length > w.m + 1) return [...next, go('was overtaken by the other', MERGE_DOWN)]
    throw new Violation(`${name} has folded up to record ${w.position} and finds ${w.position + 1} gone`)
  }
  if (found.damaged && bounds.without !== '3.11 checksum') return [...next, go('stops at a damaged record', { at: 'stopped' })]
  if (s.mergeLog.length <= w.m + 1 && found.from !== w.to)
    throw new Violation(`${name} has counted rows up to ${w.to} and gets a record from ${found.from}`)
  // Overtaken, it may read what a zombie made at a number that was pruned; its commit then fails.
  if (s.mergeLog.length > w.m + 1) return next.length > 0 ? next : [go('was overtaken by the other', MERGE_DOWN)]
  const state = { ...s, log: bounds.without === '3.4 merge' ? s.log : sync(s.log) }
  next.push(go(`folds record ${found.n}`, { position: found.n, to: found.to }, act(state, found)))
  return next
}
