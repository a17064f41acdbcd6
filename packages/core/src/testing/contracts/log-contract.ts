import type { CommitLog, LogRecord, PipelineRecord } from '../../connectors/commit-log.ts'
import { type Case, check, fails, same } from './case.ts'

/** What the contract needs of a log. */
export interface LogDriver {
  /** A new log that has not begun; each call of the result opens it anew, as another process would. */
  make: () => Promise<() => CommitLog>
}

const TASK = 'tickets-0'
const pipelineRecord = (logId: string): PipelineRecord => ({
  name: 'p',
  logId,
  topics: [{ name: 'tickets', id: null }],
  partitions: [{ id: TASK, start: 0 }],
  fingerprint: { flows: {} },
  remove: {},
})
const record = (n: number, attempt = 'a', body: LogRecord['body'] = { from: n, to: n + 1, text: 'é🙂"\n' }): LogRecord => ({
  n,
  attempt,
  files: { flow: { name: `part-${n}` } },
  body,
})

async function numbers(log: CommitLog, after = -1, task = TASK): Promise<number[]> {
  const found: number[] = []
  for await (const { n } of log.read(task, after)) found.push(n)
  return found
}

/** Returns everything that `CommitLog` promises, as cases for any test runner. A log that fails one of them may lose rows. */
export function logContract({ make }: LogDriver): Case[] {
  const on = (name: string, run: (open: () => CommitLog, log: CommitLog) => Promise<void>): Case => ({
    name,
    run: async () => {
      const open = await make()
      await run(open, open())
    },
  })
  const filled = async (log: CommitLog, count: number) => {
    await log.begin(pipelineRecord('x'))
    for (let n = 0; n < count; n++) same(await log.append(TASK, record(n)), 'appended', `append ${n}`)
  }
  return [
    on('1.1 the pipeline record is created once, and all obey the one that stands', async (open, log) => {
      same(await log.pipeline(), null, 'before the log begins')
      const answers = await Promise.all(['x', 'y', 'z'].map((id) => open().begin(pipelineRecord(id))))
      for (const answer of answers) same(answer, answers[0], 'what racing processes got')
      same(await open().pipeline(), answers[0], 'read again')
      same(await open().begin(pipelineRecord('late')), answers[0], 'begun again')
    }),
    on('a task without records has no head, latest -1, and nothing to read', async (_, log) => {
      await log.begin(pipelineRecord('x'))
      same([await log.head(TASK), await log.latest(TASK), await numbers(log)], [null, -1, []], 'head, latest, read')
      await log.prune(TASK, 5)
      await log.sweepState(TASK, { n: 0, attempt: 'a' }, [])
    }),
    on('records come back as they were appended, in order, to every process', async (open, log) => {
      await filled(log, 3)
      for (const seen of [log, open()]) {
        same(await seen.head(TASK), record(2), 'head')
        same(await seen.latest(TASK), 2, 'latest')
        same([await numbers(seen), await numbers(seen, 0), await numbers(seen, 2)], [[0, 1, 2], [1, 2], []], 'read')
      }
      for await (const found of log.read(TASK, 1)) same(found, record(2), 'the record read')
    }),
    on('a record is detached from what it was made of', async (open, log) => {
      await log.begin(pipelineRecord('x'))
      const body = { list: [1] }
      await log.append(TASK, record(0, 'a', body))
      body.list.push(2)
      same((await open().head(TASK))?.body, { list: [1] }, 'body')
    }),
    on('tasks are apart', async (_, log) => {
      await filled(log, 2)
      same(await log.append('merge', record(0)), 'appended', 'the first of another task')
      same([await log.latest(TASK), await log.latest('merge'), await log.latest('tickets-00')], [1, 0, -1], 'latest')
    }),
    on("3.1 a record that is there stays as it is, and another attempt is told 'exists'", async (open, log) => {
      await filled(log, 1)
      same(await open().append(TASK, record(0, 'b', { other: true })), 'exists', 'another attempt')
      same(await open().head(TASK), record(0), 'what stands')
    }),
    on('3.2 two at one number meet there, whatever their ranges: exactly one wins, and each knows', async (open, log) => {
      await log.begin(pipelineRecord('x'))
      for (let n = 0; n < 5; n++) {
        const attempts = ['a', 'b', 'c']
        const answers = await Promise.all(attempts.map((attempt, i) => open().append(TASK, record(n, attempt, { from: n, to: n + 1 + i }))))
        same(answers.filter((answer) => answer === 'appended').length, 1, `winners at ${n}`)
        same((await log.head(TASK))?.attempt, attempts[answers.indexOf('appended')], `who stands at ${n}`)
      }
    }),
    on("3.3 the same attempt again is 'appended': its answer was lost", async (open, log) => {
      await filled(log, 2)
      same(await log.append(TASK, record(1)), 'appended', 'again')
      same(await open().append(TASK, record(0)), 'appended', 'again, from another process')
      same(await numbers(log), [0, 1], 'nothing was added')
    }),
    on('3.5 a number that was pruned can be created again, and `latest` gives the zombie away', async (open, log) => {
      await filled(log, 4)
      await log.prune(TASK, 3)
      same(await open().append(TASK, record(0, 'zombie')), 'appended', 'a pruned number')
      same(await open().latest(TASK), 3, 'latest')
      same(await open().head(TASK), record(3), 'head')
    }),
    on('3.9 pruning removes below, never the newest, and may be repeated', async (open, log) => {
      await filled(log, 5)
      await log.prune(TASK, 2)
      await open().prune(TASK, 2)
      same(await numbers(log, 1), [2, 3, 4], 'left')
      await log.prune(TASK, 99)
      same([await open().latest(TASK), await numbers(log, 3)], [4, [4]], 'the newest stays')
      same(await log.append(TASK, record(5)), 'appended', 'the next one')
    }),
    on('4.1 reading fails with LOG_GAP where a record is missing, and gives those before it', async (_, log) => {
      await filled(log, 1)
      await log.append(TASK, record(2))
      const seen: number[] = []
      await fails(
        async () => {
          for await (const { n } of log.read(TASK, -1)) seen.push(n)
        },
        'a hole',
        'LOG_GAP',
      )
      same(seen, [0], 'before the hole')
    }),
    on('4.1 reading what was pruned fails with LOG_GAP', async (_, log) => {
      await filled(log, 4)
      await log.prune(TASK, 3)
      await fails(() => numbers(log, -1), 'from the start', 'LOG_GAP')
      await fails(() => numbers(log, 0), 'from the middle', 'LOG_GAP')
      same(await numbers(log, 2), [3], 'from where it may')
    }),
    on('3.10 a state comes back byte for byte, detached, and is gone only where no record names it', async (open, log) => {
      await filled(log, 1)
      const bytes = new Uint8Array([0, 255, 10, 13, 128])
      await log.putState(TASK, '0-a.json', bytes)
      bytes.fill(7)
      same([...(await open().getState(TASK, '0-a.json'))], [0, 255, 10, 13, 128], 'bytes')
      await fails(() => log.getState(TASK, '1-a.json'), 'a state that is not there', 'LOG_DAMAGED')
      await fails(() => log.getState('merge', '0-a.json'), "another task's", 'LOG_DAMAGED')
    }),
    on('3.8 sweeping states: below the head and other attempts at it, save what is kept; nothing else', async (open, log) => {
      await log.begin(pipelineRecord('x'))
      const names = ['0-a.json', '1-a.json', '2-a.json', '2-b.json', '3-c.json', '10-a.json']
      for (const name of names) await log.putState(TASK, name, new Uint8Array([1]))
      await log.putState('merge', '0-a.json', new Uint8Array([1]))
      await log.sweepState(TASK, { n: 2, attempt: 'a' }, ['1-a.json'])
      await open().sweepState(TASK, { n: 2, attempt: 'a' }, ['1-a.json'])
      const left: string[] = []
      for (const name of names) {
        const there = await log.getState(TASK, name).then(
          () => true,
          () => false,
        )
        if (there) left.push(name)
      }
      same(left, ['1-a.json', '2-a.json', '3-c.json', '10-a.json'], 'left')
      check((await log.getState('merge', '0-a.json')).length === 1, "another task's is left alone")
    }),
    on('records beyond ten, a hundred and a big one stay in order', async (open, log) => {
      await filled(log, 120)
      same((await open().head(TASK))?.n, 119, 'head')
      same((await numbers(open(), 97)).length, 22, 'read from 97')
      const text = 'x'.repeat(300_000)
      await log.append(TASK, record(120, 'a', { text }))
      same(await open().head(TASK), record(120, 'a', { text }), 'a big record')
    }),
  ]
}
