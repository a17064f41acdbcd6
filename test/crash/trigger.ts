import { writeSync } from 'node:fs'
import type { Point, PointName, Said } from './config.ts'

/** Says something to the campaign, at once, whatever comes next. */
export function say(said: Said): void {
  writeSync(1, `${JSON.stringify(said)}\n`)
}

/** Counts how often the worker's one point was passed, and acts when its time has come. */
export class Trigger {
  readonly #point: Point | undefined
  readonly #recovered = new Set<string>()
  #passed = 0

  constructor(point: Point | undefined) {
    this.#point = point
  }

  /** From here on the task does not recover, it runs. */
  recovered(task: string): void {
    this.#recovered.add(task)
  }

  isRecovering(task: string): boolean {
    return !this.#recovered.has(task)
  }

  /** Whether it happens here and now; counts. */
  due(at: PointName, task: string): boolean {
    const point = this.#point
    if (!point || point.at !== at || this.#passed >= point.nth) return false
    if (point.task && (point.task === 'merge') !== (task === 'merge')) return false
    if (point.phase && (point.phase === 'recovery') !== this.isRecovering(task)) return false
    return ++this.#passed === point.nth
  }

  async fire(at: PointName, task: string): Promise<void> {
    const how = this.#point?.how
    say({ point: at, task })
    // Nothing of this process moves any more, other threads aside, until it is killed from outside.
    if (how === 'report') for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1 << 30)
    if (how === 'freeze') process.kill(process.pid, 'SIGSTOP')
    if (how === 'term' || how === 'hang') process.kill(process.pid, 'SIGTERM')
    if (how === 'hang') await new Promise(() => {})
  }

  async pass(at: PointName, task: string): Promise<void> {
    if (this.due(at, task)) await this.fire(at, task)
  }
}
