import { TicketsError } from '../base/errors.ts'
import type { CommitLog, LogRecord, PipelineRecord } from '../connectors/commit-log.ts'
import { isSweepable } from '../connectors/staged-entry.ts'

/** Creates a commit log in memory. Like one on disk it outlives its pipeline: give it to the next one, which resumes from there. */
export function memoryLog(): CommitLog & { readonly records: ReadonlyMap<string, ReadonlyMap<number, LogRecord>> } {
  let begun: string | null = null
  const records = new Map<string, Map<number, string>>()
  const states = new Map<string, Map<string, Uint8Array>>()
  const of = (task: string) => {
    const all = records.get(task) ?? new Map<number, string>()
    records.set(task, all)
    return all
  }
  const highest = (task: string) => Math.max(-1, ...of(task).keys())
  const parse = (text: string | undefined) => JSON.parse(text as string) as LogRecord
  return {
    get records() {
      return new Map([...records].map(([task, all]) => [task, new Map([...all].map(([n, text]) => [n, parse(text)]))]))
    },
    async begin(record) {
      begun ??= JSON.stringify(record)
      return JSON.parse(begun) as PipelineRecord
    },
    pipeline: async () => (begun === null ? null : (JSON.parse(begun) as PipelineRecord)),
    async head(task) {
      const n = highest(task)
      return n < 0 ? null : parse(of(task).get(n))
    },
    latest: async (task) => highest(task),
    async append(task, record) {
      const standing = of(task).get(record.n)
      if (standing !== undefined) return parse(standing).attempt === record.attempt ? 'appended' : 'exists'
      of(task).set(record.n, JSON.stringify(record))
      return 'appended'
    },
    async *read(task, after) {
      for (let n = after + 1; n <= highest(task); n++) {
        const text = of(task).get(n)
        if (text === undefined) throw new TicketsError('LOG_GAP', `record ${n} of ${task} is missing`)
        yield parse(text)
      }
    },
    async prune(task, below) {
      const newest = highest(task)
      for (const n of [...of(task).keys()]) if (n < below && n !== newest) of(task).delete(n)
    },
    async putState(task, name, bytes) {
      states.set(task, new Map(states.get(task)).set(name, bytes.slice()))
    },
    async getState(task, name) {
      const bytes = states.get(task)?.get(name)
      if (!bytes) throw new TicketsError('LOG_DAMAGED', `the state ${name} of ${task} is missing`)
      return bytes
    },
    async sweepState(task, head, keep) {
      const all = states.get(task)
      for (const name of [...(all?.keys() ?? [])]) {
        const [n = '', attempt = ''] = name.replace(/\.json$/, '').split('-')
        if (!keep.includes(name) && isSweepable({ n: Number(n), attempt }, head)) all?.delete(name)
      }
    },
  }
}
