import { put, remove, sync, syncNames } from './disk.ts'
import type { Bounds, Rule } from './rules.ts'
import { type At, DOWN, type File, type Rec, type State, Violation, type Worker } from './state.ts'

/** What can come next, in words. */
export interface Next {
  readonly label: string
  readonly state: State
}

/** The newest record there is, whoever looks. */
export function highest(s: State): Rec | null {
  let found: Rec | null = null
  for (const name in s.log.now) {
    const rec = s.log.now[name] as Rec
    if (!found || rec.n > found.n) found = rec
  }
  return found
}

/** Notes that somebody acts on a record: from now on it must neither go nor change. */
export function act(s: State, { n, inc }: Rec): State {
  if (s.acted[n] === inc) return s
  if (s.acted[n] !== undefined) throw new Violation(`record ${n} was acted on as #${s.acted[n]}, and now as #${inc}`)
  const acted = [...s.acted]
  acted[n] = inc
  return { ...s, acted }
}

/**
 * The protocol as a worker follows it, one step a call, in the words and the order of section 3: compare with `committer.ts`. Steps
 * that nobody else can see or be hurt by are joined to the next one.
 */
export function workerSteps(s: State, i: number, bounds: Bounds): Next[] {
  const w = s.workers[i] as Worker
  const name = 'ABCD'[i] ?? '?'
  const off = (rule: Rule) => bounds.without === rule
  const go = (label: string, change: Partial<Worker>, state: State = s): Next => ({
    label: `${name} ${label}`,
    state: { ...state, workers: state.workers.map((old, j) => (j === i ? { ...old, ...change } : old)) },
  })
  const stagedName = (n: number, attempt: number, k: number) => `${n}-${off('3.11 naming') ? 0 : attempt}-${k}`
  const partsOf = (staged: string) => staged.split('-').map(Number) as [number, number, number]
  const rec = w.rec as Rec
  const steps: Record<At, () => Next[]> = {
    // An assignment. Its attempt id is new (docs/internals/protocol.md#3.3), and it knows nothing (docs/internals/protocol.md#3.12).
    down: () => {
      const inc = s.incs + 1
      return [go(`is assigned the partition, as #${inc}`, { ...DOWN, at: 'list', inc, attempt: off('3.3 fresh') ? 0 : inc }, { ...s, incs: inc })]
    },

    // Recovery: highest record → fsync → publish it → restore its state → seek to its `to`.
    list: () => {
      const head = highest(s)
      if (!head) return [go('finds no record, and starts at 0', { at: 'ready', n: -1, position: 0, rec: null })]
      return [go(`finds that the head is record ${head.n} of #${head.inc}`, { at: 'read head', rec: head })]
    },
    'read head': () => {
      const log = off('3.4 recovery') ? s.log : sync(s.log)
      const head = Object.values(log.now).find((r) => r.n === rec.n && r.inc === rec.inc)
      if (!head) return [go(`finds record ${rec.n} gone: lists again`, { at: 'list', rec: null }, { ...s, log })]
      if (head.damaged && !off('3.11 checksum')) return [go(`stops: record ${rec.n} does not match its checksum`, { at: 'stopped' }, { ...s, log })]
      const at = off('3.6') ? 'restore' : 'publish'
      return [go(`fsyncs the log and reads record ${rec.n}`, { at, rec: head, k: 0, recovering: true }, act({ ...s, log }, head))]
    },
    restore: () => {
      // Others may have committed further and pruned: then the log is read again.
      const missing = Array.from({ length: rec.n - rec.base + 1 }, (_, j) => rec.base + j).find(
        (n) => !Object.values(s.log.now).some((r) => r.n === n),
      )
      if (missing !== undefined && (highest(s)?.n ?? -1) > rec.n) return [go('finds its base pruned: lists again', { at: 'list', rec: null })]
      if (missing !== undefined) throw new Violation(`${name} cannot restore the state of head ${rec.n}: record ${missing} is gone`)
      return [go(`restores the state of record ${rec.n}, will read from ${rec.to}`, { at: 'sweep', n: rec.n, position: rec.to })]
    },

    ready: () => {
      // What was staged ahead is recorded now that the range before it is published (docs/internals/protocol.md#2.5).
      if (w.ahead) return [go(`comes to record ${w.ahead.n}`, { at: 'record', rec: w.ahead, ahead: null, recovering: false })]
      return staged(w.n + 1, w.position).map(({ label, record, state }) => go(label, { at: 'record', rec: record, recovering: false }, state))
    },

    // 2. Record: link(2) to `<n>`; create if absent (docs/internals/protocol.md#3.1), the name holds n alone (docs/internals/protocol.md#3.2).
    record: () => {
      const file = off('3.2') ? `${rec.n}:${rec.to}` : `${rec.n}`
      const there = s.log.now[file]
      if (there && !off('3.1')) {
        // With our attempt it is ours, its answer was lost; with another, we lost (docs/internals/protocol.md#3.3).
        if (there.attempt === w.attempt || off('3.3 attempt'))
          return [go(`finds record ${rec.n} there, and takes it for its own`, { at: 'list again' })]
        return [lost(`is beaten to record ${rec.n} by #${there.inc}`)]
      }
      const made = { ...s, log: put(s.log, file, rec) }
      const next = [go(`creates record ${rec.n}: [${rec.from}, ${rec.to})`, { at: 'list again' }, made)]
      if (s.lostAnswers >= bounds.lostAnswers) return next
      const unanswered = { ...made, lostAnswers: s.lostAnswers + 1 }
      // Neither succeeded nor failed: delete nothing, recover (docs/internals/protocol.md#3.3); or the store's client tries again by itself.
      const staging = off('3.3 delete nothing') ? remove(made.staging, (_, staged) => staged.inc === w.inc && staged.from === rec.from) : made.staging
      next.push(go(`creates record ${rec.n}, gets no answer and goes back to the log`, DOWN, { ...unanswered, staging }))
      next.push(go(`creates record ${rec.n}, gets no answer and tries again`, {}, unanswered))
      return next
    },
    // … fsync the folder; then list once (docs/internals/protocol.md#3.5): a higher n means that we are a zombie. Stop, delete nothing.
    'list again': () => {
      const log = off('step 2') ? s.log : sync(s.log)
      if (!off('3.5') && (highest(s)?.n ?? -1) > rec.n) return [lost(`sees a record after its ${rec.n}: it is a zombie`, { ...s, log })]
      return [go('fsyncs the log and sees no later record', { at: 'publish', k: 0 }, { ...s, log })]
    },

    // 3. Publish: link each staged file to its name, fsync the folder, unlink the staged ones.
    publish: () => {
      const next = { k: w.k + 1, at: w.k + 1 === bounds.files ? ('unstage' as const) : ('publish' as const) }
      const published = `${rec.n}-${w.k}`
      const [staged, there] = [s.staging.now[stagedName(rec.n, rec.attempt, w.k)], s.target.now[published]]
      if (there) {
        if (staged ? staged.inc === there.inc && staged.from === there.from : !off('3.7 again'))
          return [go(`finds file ${published} published`, next)]
        throw new Violation(
          `${name} finds something at ${published} that ${staged ? 'is not what was staged' : 'it has not staged'}, and stops for good`,
        )
      }
      if (!staged && off('3.7 error')) return [go(`passes over the missing file ${published}`, next)]
      if (!staged && s.vandals > 0) return [go(`stops: file ${published} is neither staged nor published`, { at: 'stopped' })]
      if (!staged) throw new Violation(`${name} finds file ${published} neither staged nor published`)
      const recorded = Object.values(s.log.now).some((r) => r.n === rec.n && r.inc === staged.inc && r.from === staged.from && r.to === staged.to)
      if (!recorded && !(s.vandals > 0) && s.acted[rec.n] !== staged.inc)
        throw new Violation(`${name} makes [${staged.from}, ${staged.to}) of #${staged.inc} visible as ${published}, which no record names`)
      return [go(`links file ${published}`, next, { ...act(s, rec), target: put(s.target, published, staged) })]
    },
    unstage: () => {
      const target = off('step 3') ? s.target : sync(s.target)
      const own = Array.from({ length: bounds.files }, (_, k) => stagedName(rec.n, rec.attempt, k))
      const staging = remove(s.staging, (staged) => own.includes(staged))
      const at = w.recovering ? 'restore' : 'sweep'
      return [go(`fsyncs the target and unlinks the staged files of ${rec.n}`, { at }, { ...s, target, staging })]
    },

    // 5. Sweep { n, attempt } of the head (docs/internals/protocol.md#3.8), then prune (docs/internals/protocol.md#3.9).
    sweep: () => {
      const kept = (n: number, attempt: number) => n > rec.n || (n === rec.n && attempt === (off('3.11 naming') ? 0 : rec.attempt))
      const named = (file: File) => Object.values(s.log.now).some((r) => r.inc === file.inc && r.from === file.from)
      const gone = (staged: string, file: File) => (off('3.8 nothing else') ? !named(file) : !kept(partsOf(staged)[0], partsOf(staged)[1]))
      const staging = off('3.8 every recovery') ? s.staging : remove(s.staging, gone)
      const done = { n: rec.n, position: rec.to, k: 0 }
      return [go(`sweeps up to record ${rec.n}`, w.recovering ? { ...done, at: 'ready', rec: null } : { ...done, at: 'prune' }, { ...s, staging })]
    },
    prune: () => {
      const merged = bounds.merges === 0 || off('3.9 merge') ? Number.POSITIVE_INFINITY : (s.mergeLog.at(-1)?.position ?? -1)
      const below = Math.min(rec.n, merged, off('3.9 base') ? Number.POSITIVE_INFINITY : rec.base)
      const newest = off('3.9 newest') ? Number.POSITIVE_INFINITY : (highest(s)?.n ?? -1)
      const limit = off('3.9 newest') ? rec.n + 1 : below
      const log = remove(s.log, (_, r) => r.n < limit && r.n !== newest)
      const rest = { at: 'ready' as const, rec: null }
      const skipped = go('does not prune this time', rest)
      return log === s.log ? [skipped] : [skipped, go(`prunes below ${limit}`, rest, { ...s, log })]
    },
    stopped: () => [],
  }

  /** 1. Stage everything: fsync files, then folders. One or two rows from here on. */
  function staged(n: number, from: number): { readonly label: string; readonly record: Rec; readonly state: State }[] {
    const ends = [from + 1, from + 2].filter((to) => to <= bounds.rows)
    return ends.map((to) => {
      const file: File = { inc: w.inc, from, to, synced: !off('step 1'), torn: false }
      let staging = s.staging
      for (let k = 0; k < bounds.files; k++) staging = put(staging, stagedName(n, w.attempt, k), file)
      if (!off('step 1')) staging = syncNames(staging, (name) => name.startsWith(stagedName(n, w.attempt, 0).slice(0, -1)))
      const base = n === 0 || n % 3 !== 0 ? Math.min(n, 1) : n
      const record = { n, from, to, attempt: w.attempt, inc: w.inc, base, damaged: false }
      return { label: `stages [${from}, ${to}) for record ${n}`, record, state: { ...s, staging } }
    })
  }

  /** 2.5: the next range, staged while this one is on its way. */
  function ahead(): Next[] {
    const isUnderWay = !w.recovering && ['record', 'list again', 'publish', 'unstage', 'sweep', 'prune'].includes(w.at)
    if (!bounds.ahead || w.ahead || !isUnderWay) return []
    return staged(rec.n + 1, rec.to).map(({ label, record, state }) =>
      off('2.5')
        ? go(`${label}, and forgets record ${rec.n}`, { at: 'record', rec: record }, state)
        : go(`${label}, ahead`, { ahead: record }, state),
    )
  }

  /** Beaten: everything in memory is dropped, the log is read again with a new attempt (3.3, 3.12). Nothing is deleted. */
  function lost(label: string, state: State = s): Next {
    if (!off('3.12')) return go(label, DOWN, state)
    const n = highest(state)?.n ?? -1
    return go(`${label}, keeps its rows and continues after ${n}`, { at: 'ready', n, position: rec.from, rec: null, ahead: null, k: 0 }, state)
  }
  return [...steps[w.at](), ...ahead()]
}
