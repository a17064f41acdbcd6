import { expect, test } from 'vitest'
import { TicketsError } from '../base/errors.ts'
import type { LogRecord } from '../connectors/commit-log.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { Committer } from './committer.ts'
import type { Writers } from './writers.ts'

const TASK = 'tickets-0'
const record = (n: number): LogRecord => ({ n, attempt: 'a', files: { all: { name: 'part' } }, body: { state: { kind: 'base', n, states: {} } } })

/** Recovers record 0 while its files are neither staged nor published. */
async function recover(meanwhile: (log: ReturnType<typeof memoryLog>) => Promise<unknown>): Promise<unknown> {
  const log = memoryLog()
  await log.append(TASK, record(0))
  const publish = async () => {
    await meanwhile(log)
    throw new TicketsError('STAGED_LOST', 'neither staged nor published')
  }
  const writers = { publish } as unknown as Writers
  const committer = new Committer({ log, task: TASK, attempt: 'b', writers, operators: new Map(), neededFrom: async () => 0 })
  return committer.recover().catch((error: unknown) => error)
}

test('3.7, 6.5: files that are gone are an error while their record is the head; once it is not, another process has the task', async () => {
  expect(await recover(async () => {})).toMatchObject({ code: 'STAGED_LOST', retryable: false })
  expect(await recover((log) => log.append(TASK, record(1)))).toMatchObject({ code: 'TASK_LOST', retryable: true })
})
