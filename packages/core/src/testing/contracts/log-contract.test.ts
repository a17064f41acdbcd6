import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { CommitLog, LogRecord, PipelineRecord } from '../../connectors/commit-log.ts'
import { commitLog } from '../../node/log/commit-log.ts'
import { memoryLog } from '../memory-log.ts'
import { memoryStorage } from '../memory-storage.ts'
import { failing } from './failing.fixture.ts'
import { logContract } from './log-contract.ts'

const folders: string[] = []
afterAll(async () => {
  for (const path of folders) await rm(path, { recursive: true, force: true })
})

describe('memoryLog', () => {
  const make = async () => {
    const log = memoryLog()
    return () => log
  }
  for (const { name, run } of logContract({ make })) test(name, run)
})

describe('commitLog', () => {
  const make = async () => {
    const folder = await mkdtemp(join(tmpdir(), 'contract-'))
    folders.push(folder)
    return () => commitLog(join(folder, 'log'))
  }
  for (const { name, run } of logContract({ make })) test(name, run)
})

describe('commitLog in a storage', () => {
  const make = async () => {
    const storage = memoryStorage()
    return () => commitLog(storage.open())
  }
  for (const { name, run } of logContract({ make })) test(name, run)
})

/** A log that is right but for what `change` replaces. */
const wrong = (change: (log: ReturnType<typeof memoryLog>) => Partial<CommitLog>) =>
  logContract({
    make: async () => {
      const log = memoryLog()
      const changed = { ...log, ...change(log) }
      return () => changed
    },
  })

/** Records, each as it was given, by task: for logs that keep them in another way. */
function kept() {
  const records = new Map<string, Map<number, LogRecord>>()
  return (task: string) => {
    const found = records.get(task) ?? new Map<number, LogRecord>()
    records.set(task, found)
    return found
  }
}

describe('finds a log', () => {
  test.each<[string, (log: ReturnType<typeof memoryLog>) => Partial<CommitLog>, readonly string[]]>([
    [
      'whose last pipeline record counts',
      () => {
        let begun: PipelineRecord | null = null
        return {
          begin: async (record) => {
            begun = record
            return begun
          },
          pipeline: async () => begun,
        }
      },
      ['1.1'],
    ],
    ['that overwrites a record', (log) => ({ append: (task, record) => log.append(task, record).then(() => 'appended') }), ['3.1', '3.2']],
    [
      'that does not know its own attempt again',
      (log) => ({
        append: async (task, record) => (((await log.head(task))?.n ?? -1) >= record.n ? 'exists' : log.append(task, record)),
      }),
      ['3.3', '3.5'],
    ],
    [
      'that leaves out what is missing in the middle',
      (log) => ({
        async *read(task, after) {
          for (const [n, record] of log.records.get(task) ?? []) if (n > after) yield record
        },
      }),
      ['4.1 reading fails', '4.1 reading what was pruned'],
    ],
    [
      'that sorts its records as text',
      (log) => {
        const newest = (task: string) => [...(log.records.get(task)?.keys() ?? [])].map(String).sort().at(-1)
        return {
          latest: async (task) => Number(newest(task) ?? -1),
          head: async (task) => log.records.get(task)?.get(Number(newest(task))) ?? null,
        }
      },
      ['records beyond ten'],
    ],
    [
      'that takes the number of records for the newest',
      (log) => ({ latest: async (task) => (log.records.get(task)?.size ?? 0) - 1 }),
      ['3.5', '3.9'],
    ],
    [
      'that keeps what it was given, and not a copy',
      () => {
        const of = kept()
        return {
          append: async (task, record) => {
            of(task).set(record.n, record)
            return 'appended'
          },
          head: async (task) => [...of(task).values()].at(-1) ?? null,
        }
      },
      ['a record is detached'],
    ],
    [
      'that has one sequence for all tasks',
      (log) => ({ append: (_, record) => log.append('one', record), latest: () => log.latest('one') }),
      ['tasks are apart'],
    ],
    ['that prunes nothing', () => ({ prune: async () => {} }), ['4.1 reading what was pruned']],
    [
      'that prunes the newest too',
      (log) => {
        let pruned = Number.NEGATIVE_INFINITY
        return {
          prune: async (_, below) => {
            pruned = below
          },
          latest: async (task) => ((await log.latest(task)) < pruned ? -1 : log.latest(task)),
        }
      },
      ['3.9'],
    ],
    [
      'that has nothing where a state is missing',
      (log) => ({ getState: (task, name) => log.getState(task, name).catch(() => new Uint8Array()) }),
      ['3.10'],
    ],
    [
      'that keeps a state as text',
      (log) => ({
        putState: (task, name, bytes) =>
          log.putState(task, name, new TextEncoder().encode(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes))),
      }),
      ['3.10'],
    ],
    ['that sweeps no state', () => ({ sweepState: async () => {} }), ['3.8']],
    ['that sweeps what is to be kept', (log) => ({ sweepState: (task, head) => log.sweepState(task, head, []) }), ['3.8']],
    ['that sweeps beyond the head', (log) => ({ sweepState: (task, _, keep) => log.sweepState(task, { n: 99, attempt: 'a' }, keep) }), ['3.8']],
  ])('%s', async (_what, change, expected) => {
    const names = await failing(wrong(change))
    for (const start of expected) expect(names).toContainEqual(expect.stringMatching(new RegExp(`^${start}`)))
  })
})
