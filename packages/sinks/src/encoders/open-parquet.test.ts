import { Batch } from '@tickets/core'
import { expect, test } from 'vitest'
import { Every, plain } from '../../test/helpers.ts'
import type { TableJob } from '../parquet/parquet-job.ts'
import { PooledFile } from '../parquet/pooled-file.ts'
import { StreamedFile } from '../parquet/streamed-file.ts'
import type { Task } from '../parquet/task.ts'
import { openParquet } from './open-parquet.ts'

/** A file whose pieces a test answers. */
function opened() {
  const tasks: Task[] = []
  const encoded: TableJob[] = []
  const pooled = new PooledFile((task) => void tasks.push(task))
  const file = openParquet(Every as never, {
    threads: {
      encode: async (_, make) => {
        encoded.push(make() as TableJob)
        return [new Uint8Array(1)]
      },
      open: () => new StreamedFile({ pooled, here: () => Promise.reject(new Error('here')), dropHere() {}, warn() {} }),
    },
    settings: { compression: 'SNAPPY', rowGroupRows: 100, plain: false },
    keyValues: (footer) => new Map([...footer, ['more', 'x']]),
  })
  return { file, tasks, encoded, pooled }
}
const batchOf = (rows: number, text = 'x') => Batch.of(Every, new Array(rows).fill({ ...plain, text })) as Batch<unknown>
const footer = new Map([['tickets', '{}']])
const tick = () => new Promise((done) => setImmediate(done))

test('rows are handed over by some thousands, and the last ones end the file', async () => {
  const { file, tasks } = opened()
  for (const rows of [3000, 1000]) await file.add(batchOf(rows))
  await tick()
  expect(tasks).toHaveLength(0)
  await file.add(batchOf(96))
  await tick()
  const [job] = tasks.map((task) => task.make() as TableJob)
  expect([job?.table.rows, job?.before, job?.footer]).toEqual([4096, 0, null])
  tasks[0]?.taken?.()
  await file.add(batchOf(5))
  const parts = file.finish(footer)
  await tick()
  const last = tasks[1]?.make() as TableJob
  expect([last.table.rows, last.before, last.footer]).toEqual([5, 4096, new Map([...footer, ['more', 'x']])])
  tasks[1]?.resolve([new Uint8Array(7)])
  expect(await parts).toEqual([new Uint8Array(7)])
})

test('rows are released once a thread has them, and the last ones with the end of the file', async () => {
  const { file, tasks } = opened()
  const released: string[] = []
  await file.add(batchOf(4000), () => void released.push('first'))
  await file.add(batchOf(96), () => void released.push('second'))
  await tick()
  expect(released).toEqual([])
  tasks[0]?.taken?.()
  await tick()
  expect(released).toEqual(['first', 'second'])
  await file.add(batchOf(5), () => void released.push('last'))
  const parts = file.finish(footer)
  await tick()
  expect(released).toHaveLength(2)
  tasks[1]?.resolve([])
  await parts
  expect(released).toEqual(['first', 'second', 'last'])
})

test('few rows are a whole file, which a thread may take again, and so are none', async () => {
  for (const rows of [0, 7]) {
    const { file, tasks, encoded } = opened()
    if (rows > 0) await file.add(batchOf(rows))
    expect(await file.finish(footer)).toEqual([new Uint8Array(1)])
    expect([tasks.length, encoded.map(({ before, table }) => [before, table.rows])]).toEqual([0, [[0, rows]]])
  }
})

test('many small batches are handed over too', async () => {
  const { file, tasks } = opened()
  for (let i = 0; i < 128; i++) await file.add(batchOf(1))
  await tick()
  expect(tasks.map((task) => (task.make() as TableJob).table.rows)).toEqual([128])
})

test('more rows are taken when there is room for those before them', async () => {
  const { file, tasks } = opened()
  let isTaken = false
  const adding = file.add(batchOf(5000, 'x'.repeat(1000))).then(() => {
    isTaken = true
  })
  await tick()
  expect([tasks.length, isTaken]).toEqual([1, false])
  tasks[0]?.taken?.()
  await adding
})

test('a failure shows at the next call, and at the end', async () => {
  const { file, tasks } = opened()
  await file.add(batchOf(4096))
  await tick()
  tasks[0]?.taken?.()
  tasks[0]?.reject(new Error('no such column'))
  await file.add(batchOf(4096))
  await tick()
  await expect(file.add(batchOf(1))).rejects.toThrow('no such column')
  await expect(file.finish(footer)).rejects.toThrow('no such column')
})

test('a file that is given up hands over nothing more', async () => {
  const { file, tasks, pooled } = opened()
  const adding = file.add(batchOf(4096))
  file.drop()
  await adding
  await tick()
  expect([tasks.length, pooled.isOver]).toEqual([0, true])
  await expect(file.finish(footer)).rejects.toThrow('given up')
})
