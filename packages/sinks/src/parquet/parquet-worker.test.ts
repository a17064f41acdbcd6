import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { Batch } from '@tickets/core'
import { afterEach, expect, test } from 'vitest'
import { Every, plain } from '../../test/helpers.ts'
import type { WorkerAnswer, WorkerJob } from './messages.ts'
import { pack } from './pack.ts'
import type { ParquetJob } from './parquet-job.ts'
import { startWorker } from './thread-encoder.ts'

const started: Worker[] = []
afterEach(async () => {
  for (const worker of started.splice(0)) await worker.terminate()
})

const jobOf = (rows: number): ParquetJob => ({
  ...pack(Every, [Batch.of(Every, new Array(rows).fill(plain))]),
  times: [],
  numbers: [],
  settings: { compression: 'SNAPPY', rowGroupRows: 100, plain: false },
  footer: new Map([['tickets', '{}']]),
})

/** A thread as the pool starts it, once it is ready; `ask` gives its answer to a job. */
async function running() {
  const worker = startWorker()
  started.push(worker)
  expect((await once(worker, 'message'))[0]).toEqual({ kind: 'ready' })
  const ask = async (id: number, job: ParquetJob): Promise<WorkerAnswer> => {
    const answered = once(worker, 'message')
    worker.postMessage({ id, job } satisfies WorkerJob, [job.ipc])
    return (await answered)[0] as WorkerAnswer
  }
  return { worker, ask }
}

test('encodes each job that it is given, with its number and what its memory holds', async () => {
  const { ask } = await running()
  for (const [id, rows] of [
    [7, 3],
    [9, 300],
  ] as const) {
    const answer = await ask(id, jobOf(rows))
    if (answer.kind !== 'done') throw new Error(JSON.stringify(answer))
    const bytes = Buffer.from(answer.bytes)
    expect([answer.id, bytes.toString('latin1', 0, 4), bytes.toString('latin1', bytes.length - 4)]).toEqual([id, 'PAR1', 'PAR1'])
    expect(answer.memory).toBeGreaterThan(0)
  }
})

test('says why a job cannot be encoded, and does the next one', async () => {
  const { ask } = await running()
  const job = jobOf(3)
  new Uint8Array(job.ipc).fill(7)
  expect(await ask(1, { ...job, enums: [], texts: [] })).toMatchObject({ kind: 'failed', id: 1, trapped: false, reason: expect.stringMatching(/\S/) })
  expect(await ask(2, jobOf(3))).toMatchObject({ kind: 'done', id: 2 })
})

test('is no module to import: outside a thread it says who starts it', async () => {
  await expect(import('./parquet-worker.ts')).rejects.toThrow(/runs as a worker thread: it is started by parquetSink/)
})
