import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface Sighting {
  readonly looks: number
  readonly seen: number
  /** What was visible and should not have been. */
  readonly early: readonly string[]
}

/** The process that reads the outputs of the runs while they are written. */
export class Watchers {
  readonly #child = spawn(process.execPath, [fileURLToPath(new URL('./watcher.ts', import.meta.url))], { stdio: ['pipe', 'pipe', 'inherit'] })
  readonly #waiting = new Map<string, (sighting: Sighting) => void>()

  constructor() {
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      const said = JSON.parse(line) as Sighting & { left: string }
      this.#waiting.get(said.left)?.(said)
      this.#waiting.delete(said.left)
    })
  }

  watch(home: string): void {
    this.#child.stdin.write(`${JSON.stringify({ watch: home })}\n`)
  }

  /** Looks once more, and tells all that was seen. */
  leave(home: string): Promise<Sighting> {
    const told = new Promise<Sighting>((resolve) => this.#waiting.set(home, resolve))
    this.#child.stdin.write(`${JSON.stringify({ leave: home })}\n`)
    return told
  }

  close(): void {
    this.#child.stdin.end()
  }
}
