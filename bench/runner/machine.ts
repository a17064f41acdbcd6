import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem, type } from 'node:os'
import { ROOT } from './places.ts'

/** On what, with what and when something was measured. */
export interface Circumstances {
  /** ISO, to the minute. */
  readonly date: string
  readonly commit: string
  /** There were changes that no commit holds. */
  readonly changed: boolean
  readonly node: string
  readonly cores: number
  readonly cpu: string
  readonly memoryGiB: number
  readonly kernel: string
  /** Processes that waited for a core when it began, over one minute: 0 on a quiet machine. */
  readonly load: number
}

const git = (...args: string[]) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim()

export function circumstances(): Circumstances {
  return {
    date: `${new Date().toISOString().slice(0, 16)}Z`,
    commit: git('rev-parse', '--short', 'HEAD'),
    changed: git('status', '--porcelain', '--untracked-files=no', 'packages') !== '',
    node: process.versions.node,
    cores: cpus().length,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: `${type()} ${release().split('-')[0]}`,
    load: Number((loadavg()[0] ?? 0).toFixed(2)),
  }
}

/** The same as one sentence. */
export const inWords = (c: Circumstances) =>
  `${c.date.slice(0, 10)}, commit ${c.commit}${c.changed ? ' with changes' : ''}, ${c.cores} cores (${c.cpu}), ${c.memoryGiB} GiB, ${c.kernel}, Node ${c.node}, load ${c.load} at the start`

/** Returns the sentence by which a page says so, and whether others kept the machine busy; without the full stop. */
export const measured = (c: Circumstances) => `Measured ${inWords(c)}${c.load > 1 ? ': provisional, on a busy machine' : ''}`

/** Seconds for which the machine's cores were busy since it started. */
export function busySeconds(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '')
    .split(/\s+/)
    .slice(1)
    .map(Number)
  return (user + nice + system + irq + softirq) / 100
}
