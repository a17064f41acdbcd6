import { expect, test } from 'vitest'
import type { TableJob } from './parquet-job.ts'
import { PooledFile } from './pooled-file.ts'
import { StreamedFile } from './streamed-file.ts'
import { FileLost, type Task } from './task.ts'
import { WorkersUnavailable } from './worker-pool.ts'

/** A file whose pieces a test answers on the thread, and which counts what is made on this one. */
function opened(hasPool = true) {
  const tasks: Task[] = []
  const [here, dropped, warned]: [unknown[], number[], unknown[]] = [[], [], []]
  const pooled = hasPool ? new PooledFile((task) => void tasks.push(task)) : null
  const file = new StreamedFile({
    pooled,
    here: async (make) => {
      here.push(make())
      return [new Uint8Array(2)]
    },
    dropHere: (number) => void dropped.push(number),
    warn: (error) => void warned.push(error),
  })
  return { file, pooled, tasks, here, dropped, warned }
}
const make = (place: object) => place as TableJob

test('without a pool its pieces are encoded here, one file of their own', async () => {
  const { file, here, dropped } = opened(false)
  await file.add(3, 1, make)
  expect(await file.finish(4, 1, make)).toEqual([new Uint8Array(2)])
  const number = (here[0] as TableJob).file
  expect(here).toEqual([
    { file: number, before: 0 },
    { file: number, before: 3 },
  ])
  file.drop()
  expect(dropped).toEqual([number])
})

test('where no thread can be started, all of it is encoded here, and said', async () => {
  const { file, tasks, here, warned } = opened()
  const adding = file.add(3, 1, make)
  tasks[0]?.reject(new WorkersUnavailable('no such module'))
  await adding
  await file.finish(4, 1, make)
  expect([here, warned]).toMatchObject([[{ before: 0 }, { before: 3 }], [{ message: 'no such module' }]])
})

test.each([
  ['ended', new FileLost('exit code 7')],
  ['cannot be followed by another', new WorkersUnavailable('exit code 7')],
])('rows of a thread that %s have to be read again, which the runner can do', async (_, error) => {
  const { file, tasks, here } = opened()
  const adding = file.add(3, 1, make)
  tasks[0]?.taken?.()
  await adding
  expect(file.isSent).toBe(true)
  const finishing = file.finish(1, 1, make)
  tasks[1]?.reject(error)
  await expect(finishing).rejects.toMatchObject({ code: 'ENCODER_FAILED', retryable: true, message: expect.stringContaining('exit code 7') })
  expect(here).toEqual([])
})

test('what the encoder says is no matter of the thread', async () => {
  const { file, tasks } = opened()
  const adding = file.add(3, 1, make)
  const error = new Error('no such column')
  tasks[0]?.reject(error)
  await expect(adding).rejects.toBe(error)
})
