import type { File, Folder, Rec, State } from './state.ts'

export const put = <V>({ now, durable }: Folder<V>, name: string, value: V): Folder<V> => ({ now: { ...now, [name]: value }, durable })

/** Takes names away; the removal is not durable yet. */
export function remove<V>(folder: Folder<V>, gone: (name: string, value: V) => boolean): Folder<V> {
  const left = Object.entries(folder.now).filter(([name, value]) => !gone(name, value))
  return left.length === Object.keys(folder.now).length ? folder : { now: Object.fromEntries(left), durable: folder.durable }
}

/** fsync of the folder. */
export const sync = <V>(folder: Folder<V>): Folder<V> => (folder.now === folder.durable ? folder : { now: folder.now, durable: folder.now })

/** fsync of one folder of several that this stands for: those names only. */
export function syncNames<V>({ now, durable }: Folder<V>, own: (name: string) => boolean): Folder<V> {
  const others = Object.entries(durable).filter(([name]) => !own(name))
  return { now, durable: Object.fromEntries([...others, ...Object.entries(now).filter(([name]) => own(name))]) }
}

/** What may be left of a folder: for each name that differs, either. */
function leftovers<V>({ now, durable }: Folder<V>): Folder<V>[] {
  if (now === durable) return [{ now, durable }]
  let all: Record<string, V>[] = [{}]
  for (const name of new Set([...Object.keys(now), ...Object.keys(durable)])) {
    const [a, b] = [now[name], durable[name]]
    const same = JSON.stringify(a) === JSON.stringify(b)
    const outcomes = same ? [a] : [a, b]
    all = all.flatMap((names) => outcomes.map((value) => (value === undefined ? names : { ...names, [name]: value })))
  }
  return all.map((names) => ({ now: names, durable: names }))
}

/** Content that was not fsynced is torn. */
function tear(folder: Folder<File>): Folder<File> {
  const names = Object.fromEntries(Object.entries(folder.now).map(([name, file]) => [name, file.synced ? file : { ...file, torn: true }]))
  return { now: names, durable: names }
}

/** Every disk that a power loss may leave. */
export function afterPowerLoss(s: State): Pick<State, 'log' | 'staging' | 'target'>[] {
  const found: Pick<State, 'log' | 'staging' | 'target'>[] = []
  for (const log of leftovers<Rec>(s.log)) {
    for (const staging of leftovers(s.staging)) {
      for (const target of leftovers(s.target)) found.push({ log, staging: tear(staging), target: tear(target) })
    }
  }
  return found
}
