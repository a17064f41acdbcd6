import { afterPowerLoss } from './disk.ts'
import { mergeSteps } from './merger.ts'
import type { Bounds } from './rules.ts'
import { DOWN, diskKey, type File, type Folder, key, MERGE_DOWN, type Rec, type State, start, Violation } from './state.ts'
import { highest, type Next, workerSteps } from './worker.ts'

/** What an exploration came to. */
export interface Explored {
  readonly states: number
  /** What is broken, and the steps that lead there; null when nothing is. */
  readonly broken: { readonly why: string; readonly trace: readonly string[] } | null
}

/** Everything that can happen next. */
function* nexts(s: State, bounds: Bounds): Generator<() => Next[]> {
  for (let i = 0; i < s.workers.length; i++) yield () => workerSteps(s, i, bounds)
  for (let i = 0; i < s.merges.length; i++) yield () => mergeSteps(s, i, bounds)
  yield () => faults(s, bounds)
}

function faults(s: State, bounds: Bounds): Next[] {
  const found: Next[] = []
  if (s.crashes < bounds.crashes) {
    const crashes = s.crashes + 1
    s.workers.forEach(({ at }, i) => {
      if (at === 'down' || at === 'stopped') return
      found.push({ label: `${'ABCD'[i]} dies`, state: { ...s, crashes, workers: s.workers.map((w, j) => (j === i ? DOWN : w)) } })
    })
    s.merges.forEach(({ at }, i) => {
      if (at !== 'fold') return
      found.push({ label: `merge ${i + 1} dies`, state: { ...s, crashes, merges: s.merges.map((w, j) => (j === i ? MERGE_DOWN : w)) } })
    })
  }
  if (s.powerLosses < bounds.powerLosses) {
    for (const disk of afterPowerLoss(s)) {
      const state = { ...s, ...disk, powerLosses: s.powerLosses + 1, workers: s.workers.map(() => DOWN), merges: s.merges.map(() => MERGE_DOWN) }
      found.push({ label: `the power fails${kept(s, disk)}`, state })
    }
  }
  if (s.vandals < bounds.vandals) {
    const vandals = s.vandals + 1
    const everywhere = <V>(names: Folder<V>['now']) => ({ now: names, durable: names })
    for (const [name, rec] of Object.entries(s.log.now)) {
      if (rec !== highest(s)) continue
      const names = { ...s.log.now, [name]: { ...rec, to: rec.to > rec.from + 1 ? rec.to - 1 : rec.from, damaged: true } }
      found.push({ label: `a bit of record ${rec.n} flips`, state: { ...s, vandals, log: everywhere(names) } })
    }
    for (const gone of Object.keys(s.staging.now)) {
      const names = Object.fromEntries(Object.entries(s.staging.now).filter(([name]) => name !== gone))
      found.push({ label: `somebody deletes the staged file ${gone}`, state: { ...s, vandals, staging: everywhere(names) } })
    }
  }
  return found
}

/** In words, what of that which was not fsynced is gone. */
function kept(s: State, disk: Pick<State, 'log' | 'staging' | 'target'>): string {
  const lost: string[] = []
  for (const place of ['log', 'staging', 'target'] as const) {
    for (const name of Object.keys(s[place].now)) if (!(name in disk[place].now)) lost.push(`${place}/${name} is gone`)
    for (const name of Object.keys(disk[place].now)) if (!(name in s[place].now)) lost.push(`${place}/${name} is back`)
  }
  if (Object.values<File>(disk.target.now).some(({ torn }) => torn)) lost.push('a visible file is torn')
  return lost.length > 0 ? `: ${lost.join(', ')}` : ''
}

/** What must hold in every state. */
function check(s: State): void {
  const seen = new Set<string>()
  for (const [name, file] of Object.entries<File>(s.target.now)) {
    if (file.torn) throw new Violation(`the visible file ${name} is torn`)
    for (let row = file.from; row < file.to; row++) {
      const at = `${row} of output ${name.split('-')[1]}`
      if (seen.has(at)) throw new Violation(`row ${at} is visible twice`)
      seen.add(at)
    }
  }
  const head = highest(s)
  const last = s.acted.length - 1
  if (last >= 0 && (head?.n ?? -1) < last) throw new Violation(`record ${last} was acted on, and is gone`)
  const standing = Object.values<Rec>(s.log.now).find(({ n }) => n === last)
  if (standing && standing.inc !== s.acted[last]) throw new Violation(`record ${last} was acted on as #${s.acted[last]}, and is #${standing.inc} now`)
}

/** Everybody dies here, one worker and one merge start anew and run to the end: each row once, and nothing left behind. */
function drain(from: State, bounds: Bounds): void {
  let s: State = { ...from, workers: [DOWN], merges: bounds.merges > 0 ? [MERGE_DOWN] : [] }
  const quiet = { ...bounds, lostAnswers: 0 }
  const done: string[] = []
  const run = (steps: (state: State) => Next[]) => {
    for (let next = steps(s); next.length > 0; next = steps(s)) {
      const { label, state } = next.at(-1) as Next
      done.push(label)
      s = state
      check(s)
    }
  }
  try {
    finish()
  } catch (error) {
    if (error instanceof Violation) error.after = ['everybody dies; from here on one is left, and nothing goes wrong', ...done]
    throw error
  }

  function finish(): void {
    run((state) => workerSteps(state, 0, quiet))
    if (bounds.merges > 0) run((state) => mergeSteps(state, 0, quiet))
    const stopped = s.workers[0]?.at === 'stopped'
    // Once more: recovery sweeps what the last commits may have left.
    s = { ...s, workers: [DOWN] }
    run((state) => workerSteps(state, 0, quiet))
    if (stopped) return
    for (let row = 0; row < bounds.rows; row++) {
      for (let k = 0; k < bounds.files; k++) {
        const times = Object.entries<File>(s.target.now).filter(([name, f]) => name.endsWith(`-${k}`) && f.from <= row && row < f.to).length
        if (times !== 1) throw new Violation(`in the end row ${row} of output ${k} is visible ${times} times`)
      }
    }
    const merged = s.mergeLog.at(-1)?.to ?? 0
    if (bounds.merges > 0 && s.merges[0]?.at !== 'stopped' && merged !== bounds.rows)
      throw new Violation(`in the end the merge has counted ${merged} rows`)
    const head = highest(s)
    for (const name of Object.keys(s.staging.now)) {
      if (Number(name.split('-')[0]) <= (head?.n ?? -1)) throw new Violation(`in the end the staged file ${name} is left behind`)
    }
  }
}

/** Explores all interleavings within the bounds, breadth first, so that the first counterexample is a shortest one. */
export function explore(bounds: Bounds): Explored {
  const first = start(bounds.workers, bounds.merges)
  const known = new Map<string, number>([[key(first), 0]])
  const cameFrom: number[] = [-1]
  const labels: string[] = ['']
  const drained = new Set<string>()
  let frontier: [number, State][] = [[0, first]]
  const trace = (at: number): string[] => (at <= 0 ? [] : [...trace(cameFrom[at] as number), labels[at] as string])
  while (frontier.length > 0) {
    const following: [number, State][] = []
    for (const [at, s] of frontier) {
      for (const possible of nexts(s, bounds)) {
        let now = at
        try {
          for (const { label, state } of possible()) {
            const name = key(state)
            if (known.has(name)) continue
            now = cameFrom.push(at) - 1
            labels.push(label)
            known.set(name, now)
            check(state)
            const disk = diskKey(state)
            if (!drained.has(disk)) {
              drained.add(disk)
              drain(state, bounds)
            }
            following.push([now, state])
          }
        } catch (error) {
          if (!(error instanceof Violation)) throw error
          return { states: known.size, broken: { why: error.message, trace: [...trace(now), ...error.after] } }
        }
      }
    }
    frontier = following
  }
  return { states: known.size, broken: null }
}
