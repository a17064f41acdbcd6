import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { Batch } from '@tickets/core'
import { afterEach, describe, expect, test } from 'vitest'
import { Every, plain } from '../../test/helpers.ts'
import { packIpc } from '../pack/pack-ipc.ts'
import { packTable } from '../pack/pack-table.ts'
import type { WorkerAnswer, WorkerDrop, WorkerJob } from './messages.ts'
import { bufferOf, type Engine, type ParquetJob, type TableJob } from './parquet-job.ts'
import { startWorker } from './thread-encoder.ts'

const started: Worker[] = []
afterEach(async () => {
  for (const worker of started.splice(0)) await worker.terminate()
})

const footer = new Map([['tickets', '{}']])
const batchOf = (rows: number) => Batch.of(Every, new Array(rows).fill(plain))

/** A job, and the same with columns that are broken. */
const jobs: Readonly<Record<Engine, (rows: number, isBroken?: boolean) => ParquetJob>> = {
  ipc(rows, isBroken = false) {
    const packed = packIpc(Every, [batchOf(rows)])
    if (isBroken) new Uint8Array(packed.ipc).fill(7)
    const broken = isBroken ? { enums: [], texts: [] } : {}
    const settings = { compression: 'SNAPPY', rowGroupRows: 100, plain: false } as const
    return { kind: 'ipc', ...packed, times: [], numbers: [], settings, footer, ...broken }
  },
  table(rows, isBroken = false) {
    const packed = packTable(Every, [batchOf(rows)])
    const table = isBroken ? { ...packed, slots: packed.slots.slice(1) } : packed
    return { kind: 'table', file: 0, before: 0, table, settings: { compression: 'SNAPPY', rowGroupRows: 100, plain: false }, footer }
  },
}

/** A thread as the pool starts it, once it is ready; `ask` gives its answer to a job. */
async function running(engine: Engine) {
  const worker = startWorker(engine)
  started.push(worker)
  expect((await once(worker, 'message'))[0]).toEqual({ kind: 'ready' })
  const ask = async (id: number, job: ParquetJob): Promise<WorkerAnswer> => {
    const answered = once(worker, 'message')
    worker.postMessage({ id, job } satisfies WorkerJob, [bufferOf(job)])
    return (await answered)[0] as WorkerAnswer
  }
  return { worker, ask }
}

describe.each(['table', 'ipc'] as const)('a thread for jobs of the kind %s', (engine) => {
  test('encodes each job that it is given, with its number and what its memory holds', async () => {
    const { ask } = await running(engine)
    for (const [id, rows] of [
      [7, 3],
      [9, 300],
    ] as const) {
      const answer = await ask(id, jobs[engine](rows))
      if (answer.kind !== 'done') throw new Error(JSON.stringify(answer))
      const bytes = Buffer.concat(answer.parts)
      expect([answer.id, bytes.toString('latin1', 0, 4), bytes.toString('latin1', bytes.length - 4)]).toEqual([id, 'PAR1', 'PAR1'])
      expect(answer.memory).toBeGreaterThan(0)
    }
  })

  test('says why a job cannot be encoded, and does the next one', async () => {
    const { ask } = await running(engine)
    expect(await ask(1, jobs[engine](3, true))).toMatchObject({ kind: 'failed', id: 1, trapped: false, reason: expect.stringMatching(/\S/) })
    expect(await ask(2, jobs[engine](3))).toMatchObject({ kind: 'done', id: 2 })
  })

  test('refuses a job of another kind', async () => {
    const { ask } = await running(engine)
    const other = jobs[engine === 'ipc' ? 'table' : 'ipc'](3)
    expect(await ask(1, other)).toMatchObject({ kind: 'failed', reason: expect.stringContaining(`of the kind ${engine}`) })
  })
})

test('a thread writes a file from several jobs, and forgets one that is given up', async () => {
  const { worker, ask } = await running('table')
  const piece = (before: number, isLast: boolean) => ({ ...(jobs.table(300) as TableJob), before, ...(!isLast && { footer: null }) })
  expect(await ask(1, piece(0, false))).toMatchObject({ kind: 'done', parts: [] })
  expect(await ask(2, piece(300, true))).toMatchObject({ kind: 'done', parts: expect.arrayContaining([expect.any(Uint8Array)]) })
  await ask(3, piece(0, false))
  worker.postMessage({ drop: 0 } satisfies WorkerDrop)
  expect(await ask(4, piece(300, true))).toMatchObject({ kind: 'failed', reason: expect.stringContaining('0 rows where 300') })
})

test('is no module to import: outside a thread it says who starts it', async () => {
  await expect(import('./parquet-worker.ts')).rejects.toThrow(/runs as a worker thread: it is started by parquetSink/)
})
