import { cp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { count, into, tumbling, windowed } from '@tickets/core'
import { commitLog, jsonLines } from '@tickets/core/node'
import { memoryLog, memorySink } from '@tickets/core/testing'
import { jsonSink } from '@tickets/sinks'
import { openPlace } from '../../packages/cli/src/log/place.ts'
import { planReset } from '../../packages/cli/src/log/reset-log.ts'
import { Committer, type CommitterOptions } from '../../packages/core/src/commit/committer.ts'
import { Event, linesOf, oneFlow, type Reproduction, run } from './reproduction.ts'

const record = (n: number, attempt = 'a') => ({ n, attempt, files: {}, body: {} })

/** Runs a pipeline over a file with some events, with its log and its output in files too. */
async function runOnFiles(folder: string, ...events: readonly number[]) {
  await writeFile(join(folder, 'events.jsonl'), linesOf(...events))
  return run({
    source: jsonLines(join(folder, 'events.jsonl'), { schema: Event }),
    log: commitLog(join(folder, 'log')),
    flows: oneFlow(jsonSink(join(folder, 'all'))),
  })
}

/** Makes a log with three records of a task. */
async function threeRecords(folder: string) {
  const log = commitLog(join(folder, 'log'))
  await log.begin({ name: 'lake', logId: 'log1', topics: [], partitions: [], fingerprint: {}, remove: {} })
  for (const n of [0, 1, 2]) await log.append('events-0', record(n))
  return log
}

/** Errors of the commit log. */
export const ofLogs: readonly Reproduction[] = [
  {
    code: 'PIPELINE_CHANGED',
    when: 'A pipeline runs again on its log with windows of an hour in place of a minute',
    async run() {
      const log = memoryLog()
      const hourly = (size: string) =>
        run({
          log,
          flows: (events) => ({ counts: events.pipe(windowed(tumbling({ size }), { aggregate: { events: count() } }), into(memorySink('counts'))) }),
        })
      await hourly('1 minute')
      await hourly('1 hour')
    },
  },
  {
    code: 'LOG_DAMAGED',
    when: 'The file `pipeline.json` of a log was overwritten with `{}`',
    async run(folder) {
      await runOnFiles(folder, 1, 2)
      await writeFile(join(folder, 'log/pipeline.json'), '{}')
      await runOnFiles(folder, 1, 2)
    },
  },
  {
    code: 'LOG_GAP',
    when: 'A record of a log was deleted, and the records are read from the first',
    async run(folder) {
      const log = await threeRecords(folder)
      await log.prune('events-0', 1)
      for await (const _ of log.read('events-0', -1));
    },
  },
  {
    code: 'LOG_GONE',
    when: 'A log is deleted while its process runs',
    async run(folder) {
      const log = await threeRecords(folder)
      await rm(join(folder, 'log'), { recursive: true })
      await log.append('events-0', record(3))
    },
  },
  {
    code: 'LOG_BEHIND',
    when: 'A log is restored from a backup, and its output is not',
    async run(folder) {
      await runOnFiles(folder, 1, 2)
      await cp(join(folder, 'log'), join(folder, 'backup'), { recursive: true })
      await runOnFiles(folder, 1, 2, 3)
      await rm(join(folder, 'log'), { recursive: true })
      await cp(join(folder, 'backup'), join(folder, 'log'), { recursive: true })
      await runOnFiles(folder, 1, 2, 3)
    },
  },
  {
    code: 'LOG_HELD',
    when: '`tickets reset` is called for a log that was written to a moment ago',
    async run(folder) {
      await runOnFiles(folder, 1, 2)
      await planReset(await openPlace(join(folder, 'log')), 3_600_000)
    },
  },
  {
    code: 'LOG_UNUSABLE',
    when: 'The path of a log leads through a file',
    async run(folder) {
      await writeFile(join(folder, 'file'), '')
      await run({ log: commitLog(join(folder, 'file/log')), flows: oneFlow() })
    },
  },
  {
    code: 'TASK_LOST',
    when: 'Another process commits the record that a task is about to commit',
    async run() {
      const log = memoryLog()
      const writers = { stage: () => ({ files: Promise.resolve({}), release: () => {} }), publish: async () => {}, sweep: async () => {} }
      const options = { log, task: 'events-0', attempt: 'a', writers, operators: new Map(), neededFrom: async () => 0 }
      const committer = new Committer(options as never as CommitterOptions)
      await committer.recover()
      await log.append('events-0', record(0, 'b'))
      committer.commit({ from: 0, to: 1, empty: true } as never, { body: 1 } as never, async () => {})
      await committer.settled()
    },
  },
]
