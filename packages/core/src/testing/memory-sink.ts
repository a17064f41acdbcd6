import { TicketsError } from '../base/errors.ts'
import type { Batch, Schema } from '../batch/batch.ts'
import type { Sink, Staged } from '../connectors/sink.ts'
import { isSweepable } from '../connectors/staged-entry.ts'

/** What a memory sink has made visible. */
export interface MemorySink<T> extends Sink<T> {
  version(version: number): MemorySink<T>
  /** All visible rows, in the order of the tasks and their ranges. */
  readonly rows: readonly T[]
  /** `<task>-<n>` → the rows of that range. */
  readonly files: ReadonlyMap<string, readonly T[]>
  /** The names that are staged and not yet visible. */
  readonly staged: readonly string[]
  /** Known once opened. */
  readonly schema: Schema<T> | null
}

/** Creates a sink in memory that stages and publishes like one on files: what is staged outlives its pipeline. */
export function memorySink<T>(name = 'memory'): MemorySink<T> {
  const staging = new Map<string, readonly T[]>()
  const files = new Map<string, readonly T[]>()
  const published = new Map<string, unknown>()
  const versions = new Map<number, MemorySink<T>>()
  let known: Schema<T> | null = null
  return {
    target: `memory:${name}`,
    version: (version) => {
      const made = versions.get(version) ?? memorySink<T>(`${name}.v${version}`)
      versions.set(version, made)
      return made
    },
    get rows() {
      return [...files.keys()].sort(byRange).flatMap((file) => files.get(file) ?? [])
    },
    files,
    get staged() {
      return [...staging.keys()]
    },
    get schema() {
      return known
    },
    async open({ task }, schema) {
      known = schema
      let held: Batch<T>[] = []
      return {
        stagesAhead: true,
        async write(batch) {
          if (batch.length > 0) held.push(batch)
        },
        async stage(n, attempt, { empty }) {
          const cut = held
          held = []
          if (cut.length === 0 && !empty) return null
          staging.set(
            `${task}/${n}/${attempt}`,
            cut.flatMap((batch) => batch.toArray()),
          )
          return { task, n, attempt } satisfies Staged
        },
        async publish({ n, attempt }) {
          const rows = staging.get(`${task}/${n}/${attempt}`)
          const name = `${task}-${n}`
          if (!rows && !files.has(name)) throw new TicketsError('STAGED_LOST', `range ${n} of ${task} is neither staged nor visible`)
          if (files.has(name) && published.get(name) !== attempt)
            throw new TicketsError('SINK_FAILED', `range ${n} of ${task} is visible, but it is not what attempt ${attempt} has staged`)
          if (rows && !files.has(name)) files.set(name, rows)
          published.set(name, attempt)
          staging.delete(`${task}/${n}/${attempt}`)
        },
        async sweep(head) {
          for (const key of [...staging.keys()]) {
            const [of, n, attempt = ''] = key.split('/')
            if (of === task && isSweepable({ n: Number(n), attempt }, head)) staging.delete(key)
          }
        },
        async close() {},
      }
    },
  }
}

function byRange(a: string, b: string): number {
  const [taskA, taskB] = [a, b].map((name) => name.replace(/-\d+$/, ''))
  const [nA, nB] = [a, b].map((name) => Number(/\d+$/.exec(name)?.[0]))
  return taskA === taskB ? (nA ?? 0) - (nB ?? 0) : (taskA ?? '') < (taskB ?? '') ? -1 : 1
}
