import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Ticket } from '../../tickets/ticket.ts'
import type { DecodeAnswer, DecodeJob } from './messages.ts'
import { pieceOf, threadPlan } from './pieces.fixture.ts'
import { startDecodeWorker } from './start-worker.ts'

let worker: Worker
beforeEach(() => {
  worker = startDecodeWorker(undefined)
})
afterEach(async () => {
  await worker.terminate()
})

const ticket = (i: number) =>
  JSON.stringify({
    ticket_id: `7d444840-9dc0-41d1-b245-${String(i).padStart(12, '0')}`,
    client_id: 'CLIENT_1000',
    created_at: '2026-01-01T00:00:00.000Z',
    request: 'no heating',
    request_type: 'billing',
    priority: 'low',
  })

async function ask(job: Partial<DecodeJob> & { piece: DecodeJob['piece'] }): Promise<DecodeAnswer> {
  worker.postMessage({ id: 1, schema: 0, plan: null, wanted: [], spare: [], ...job } satisfies DecodeJob)
  const [answer] = (await once(worker, 'message')) as [DecodeAnswer]
  return answer
}

test('answers each job under its number, in their order', async () => {
  const answers: DecodeAnswer[] = []
  const { promise: done, resolve } = Promise.withResolvers<void>()
  worker.on('message', (answer: DecodeAnswer) => {
    if (answers.push(answer) === 3) resolve()
  })
  for (const [id, messages] of [[ticket(1), ticket(2)], ['{}', ticket(4), '{'], [ticket(3)]].entries())
    worker.postMessage({
      id,
      schema: 0,
      plan: id === 0 ? threadPlan(Ticket) : null,
      piece: pieceOf(messages),
      wanted: [],
      spare: [],
    } satisfies DecodeJob)
  await done
  expect(answers.map(({ id, decoded }) => [id, decoded?.rows, [...(decoded?.odd ?? [])]])).toEqual([
    [0, 2, []],
    [1, 1, [0, 2]],
    [2, 1, []],
  ])
  const buffers = answers.map(({ decoded }) => new Set(decoded?.columns.map(({ values }) => values?.buffer)).size)
  expect(buffers, 'one buffer for all columns').toEqual([1, 1, 1])
})

test('keeps the plans of several schemas apart', async () => {
  const { fields } = Ticket
  const short = { ...threadPlan(Ticket, 7), fields: fields.slice(0, 1), rules: threadPlan(Ticket).rules.slice(0, 1), time: -1 }
  expect((await ask({ schema: 0, plan: threadPlan(Ticket), piece: pieceOf([ticket(1)]) })).decoded?.columns).toHaveLength(fields.length)
  expect((await ask({ schema: 7, plan: short, piece: pieceOf([ticket(1)]) })).decoded?.columns).toHaveLength(1)
  expect((await ask({ schema: 0, piece: pieceOf([ticket(1)]) })).decoded?.columns).toHaveLength(fields.length)
})

test('answers that it cannot decode a schema that it does not know', async () => {
  expect(await ask({ schema: 3, piece: pieceOf([ticket(1)]) })).toEqual({ id: 1, decoded: null, texts: [], lines: null, failure: null })
})

test('does not run on the main thread', async () => {
  await expect(import('./worker.ts')).rejects.toThrow('runs as a worker thread')
})
