/** What stands in a record; `inc` says which assignment of which worker made it, even where the attempt ids are all the same. */
export interface Rec {
  readonly n: number
  readonly from: number
  readonly to: number
  readonly attempt: number
  readonly inc: number
  /** The record that holds the whole state (docs/internals/protocol.md#3.10). */
  readonly base: number
  readonly damaged: boolean
}

/** A file: two names with the same `inc` and `from` are one file with two names. */
export interface File {
  readonly inc: number
  readonly from: number
  readonly to: number
  readonly synced: boolean
  readonly torn: boolean
}

/** A folder as the system shows it, and as it would stand after a power loss that takes all that was not fsynced. */
export interface Folder<V> {
  readonly now: Readonly<Record<string, V>>
  readonly durable: Readonly<Record<string, V>>
}

/** Where a worker is; each is one step of the protocol that others can see or be hurt by. */
export type At = 'down' | 'list' | 'read head' | 'publish' | 'unstage' | 'restore' | 'ready' | 'record' | 'list again' | 'sweep' | 'prune' | 'stopped'

/** One that believes it owns the partition. */
export interface Worker {
  readonly at: At
  readonly inc: number
  readonly attempt: number
  /** The last record it knows to be committed, and the position after it. */
  readonly n: number
  readonly position: number
  /** The range being committed, or the head being published. */
  readonly rec: Rec | null
  /** The range after `rec`, staged already (docs/internals/protocol.md#2.5). */
  readonly ahead: Rec | null
  /** The next file to link. */
  readonly k: number
  readonly recovering: boolean
}

/** One that believes it runs the merge. What it commits is one step here: its commit is the same protocol as a task's. */
export interface MergeWorker {
  readonly at: 'down' | 'fold' | 'stopped'
  /** The number of its last commit. */
  readonly m: number
  /** The last record folded, and the position after it. */
  readonly position: number
  readonly to: number
  readonly committed: number
}

/** What the merge has committed: the last record folded, and the rows up to which it has counted. */
export interface MergeRec {
  readonly position: number
  readonly to: number
}

export interface State {
  readonly log: Folder<Rec>
  readonly staging: Folder<File>
  readonly target: Folder<File>
  readonly mergeLog: readonly MergeRec[]
  readonly workers: readonly Worker[]
  readonly merges: readonly MergeWorker[]
  /** n → the maker of the record that somebody acted on first: published, extended or folded. No part of the protocol, but of the check. */
  readonly acted: readonly number[]
  readonly incs: number
  readonly crashes: number
  readonly powerLosses: number
  readonly lostAnswers: number
  readonly vandals: number
}

export const DOWN: Worker = { at: 'down', inc: 0, attempt: 0, n: -1, position: 0, rec: null, ahead: null, k: 0, recovering: false }
export const MERGE_DOWN: MergeWorker = { at: 'down', m: -1, position: -1, to: 0, committed: -1 }

/** Broken: what the protocol promises does not hold. */
export class Violation extends Error {
  /** Steps that the check itself made. */
  after: readonly string[] = []
}

export function start(workers: number, merges: number): State {
  const empty = { now: {}, durable: {} }
  return {
    log: empty,
    staging: empty,
    target: empty,
    mergeLog: [],
    workers: Array.from({ length: workers }, () => DOWN),
    merges: Array.from({ length: merges }, () => MERGE_DOWN),
    acted: [],
    incs: 0,
    crashes: 0,
    powerLosses: 0,
    lostAnswers: 0,
    vandals: 0,
  }
}

const folder = <V>({ now, durable }: Folder<V>, show: (value: V) => string): string => {
  const side = (names: Readonly<Record<string, V>>) =>
    Object.keys(names)
      .sort()
      .map((name) => `${name}=${show(names[name] as V)}`)
      .join()
  return now === durable ? `${side(now)}=` : `${side(now)}/${side(durable)}`
}

/** The disk as text, equal for equal disks. Makers are distinguished by their order alone, so that states that differ in names only are one. */
export function diskKey(s: State, rank = ranks(s)): string {
  const id = (inc: number) => rank.get(inc) ?? 0
  const rec = (r: Rec) => `${r.from}${r.to}${id(r.attempt)}.${id(r.inc)}${r.base}${r.damaged ? 'x' : ''}`
  const file = (f: File) => `${id(f.inc)}.${f.from}${f.to}${f.synced ? '' : 'u'}${f.torn ? 't' : ''}`
  const staged = (names: Folder<File>['now']) =>
    Object.fromEntries(
      Object.entries(names).map(([name, f]) => {
        const [n, attempt, k] = name.split('-')
        return [`${n}-${id(Number(attempt))}-${k}`, f]
      }),
    )
  const staging = s.staging.now === s.staging.durable ? staged(s.staging.now) : null
  return [
    folder(s.log, rec),
    folder(staging ? { now: staging, durable: staging } : { now: staged(s.staging.now), durable: staged(s.staging.durable) }, file),
    folder(s.target, file),
    s.mergeLog.map((m) => `${m.position}.${m.to}`).join(),
    s.acted.map(id).join(),
    s.vandals,
  ].join('|')
}

/** The whole state as text; which of two workers is which does not matter. */
export function key(s: State): string {
  const rank = ranks(s)
  const id = (inc: number) => rank.get(inc) ?? 0
  const worker = (w: Worker) => {
    const rec = (r: Rec | null) => (r ? `${r.n}.${r.from}.${r.to}.${id(r.inc)}.${r.base}${r.damaged ? 'x' : ''}` : '')
    return `${w.at},${id(w.inc)},${w.n},${w.position},${rec(w.rec)},${rec(w.ahead)},${w.k},${w.recovering ? 1 : 0}`
  }
  const merge = (w: MergeWorker) => `${w.at},${w.m},${w.position},${w.to},${w.committed}`
  const counts = `${s.crashes}.${s.powerLosses}.${s.lostAnswers}`
  return [diskKey(s, rank), s.workers.map(worker).sort().join(';'), s.merges.map(merge).sort().join(';'), counts].join('#')
}

/** Maker → its place in the order of all that are still to be seen anywhere. */
function ranks(s: State): Map<number, number> {
  const incs = new Set<number>()
  for (const names of [s.log.now, s.log.durable]) for (const name in names) incs.add((names[name] as Rec).inc)
  for (const names of [s.staging.now, s.staging.durable, s.target.now, s.target.durable])
    for (const name in names) incs.add((names[name] as File).inc)
  for (const { inc, rec } of s.workers) {
    incs.add(inc)
    if (rec) incs.add(rec.inc)
  }
  for (const inc of s.acted) if (inc !== undefined) incs.add(inc)
  incs.delete(0)
  return new Map([...incs].sort((a, b) => a - b).map((inc, i) => [inc, i + 1]))
}
