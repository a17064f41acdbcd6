import { readdirSync, readFileSync } from 'node:fs'

interface Process {
  /** The most physical memory it ever held, in bytes (VmHWM). */
  peak: number
  /** Seconds of processor time, its own. */
  cpu: number
  alive: boolean
}

/** Clock ticks a second in /proc: 100 on all Linux machines that Node runs on. */
const TICKS = 100

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** The fields of /proc/<pid>/stat behind the name: state, parent, group, session, … */
const statOf = (pid: number) =>
  read(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, '')
    .split(' ')

/**
 * What a process and all its descendants use, looked up in /proc: memory is the largest sum of the peaks of those that lived at once, so that
 * all threads count, and pages that two processes share count twice. Processor time is that of all, to their last look.
 */
export class ProcessTree {
  readonly #processes = new Map<number, Process>()
  readonly root: number
  #memory = 0

  constructor(root: number) {
    this.root = root
    this.#processes.set(root, { peak: 0, cpu: 0, alive: true })
  }

  /** Finds new descendants: those in the root's session, and children of known ones. Costs a look at each process of the machine. */
  search(): void {
    for (const name of readdirSync('/proc')) {
      const pid = Number(name)
      if (!Number.isInteger(pid) || this.#processes.has(pid)) continue
      const [, parent, , session] = statOf(pid)
      if (Number(session) === this.root || this.#processes.get(Number(parent))?.alive) this.#processes.set(pid, { peak: 0, cpu: 0, alive: true })
    }
  }

  /** Looks at the known processes. */
  sample(): void {
    let sum = 0
    for (const [pid, process] of this.#processes) {
      if (!process.alive) continue
      const high = /VmHWM:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`))
      if (!high) {
        process.alive = false
        continue
      }
      process.peak = Number(high[1]) * 1024
      const stat = statOf(pid)
      process.cpu = (Number(stat[11]) + Number(stat[12])) / TICKS
      sum += process.peak
    }
    this.#memory = Math.max(this.#memory, sum)
  }

  /** Ends what still lives. */
  kill(): void {
    this.search()
    for (const [pid, { alive }] of this.#processes) {
      if (!alive) continue
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It has ended by itself.
      }
    }
  }

  get memory(): number {
    return this.#memory
  }

  get cpu(): number {
    return [...this.#processes.values()].reduce((sum, { cpu }) => sum + cpu, 0)
  }
}
