import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { TableJob } from './parquet-job.ts'
import { endAll, jobOf, poolOf, run, started, text, wake } from './pool.fixture.ts'
import { type FilePlace, PooledFile } from './pooled-file.ts'
import { FileLost, type FileThread, type Task } from './task.ts'

afterEach(endAll)

function opened() {
  const tasks: Task[] = []
  const file = new PooledFile((task) => void tasks.push(task))
  const dropped: unknown[] = []
  const thread: FileThread = { open: true, hasRoom: () => true, take() {}, drop: (one) => void dropped.push(one) }
  return { file, tasks, thread, dropped }
}
const make = (place: object) => place as TableJob

test('pieces have the number of their file, and the rows before them', async () => {
  const { file, tasks } = opened()
  const all = [file.add(3, 10.2, make), file.add(4, 10, make), file.finish(5, 10, make)]
  expect(tasks.map((task) => [task.make(), task.bytes])).toEqual([
    [{ file: file.number, before: 0 }, 11],
    [{ file: file.number, before: 3 }, 10],
    [{ file: file.number, before: 7 }, 10],
  ])
  for (const task of tasks) task.taken?.()
  const parts = [new Uint8Array(1)]
  for (const task of tasks) task.resolve(parts)
  expect(await Promise.all(all)).toEqual([undefined, undefined, parts])
  expect([file.isOver, opened().file.number > file.number]).toEqual([true, true])
})

test('a failure of any piece is that of all later ones, packs nothing more, and frees the thread', async () => {
  const { file, tasks, thread, dropped } = opened()
  file.thread = thread
  const [first, second, last] = [file.add(1, 1, make), file.add(1, 1, make), file.finish(1, 1, make)]
  tasks[0]?.taken?.()
  await first
  tasks[0]?.reject(new Error('no such column'))
  expect(() => tasks[1]?.make()).toThrow('no such column')
  tasks[1]?.reject(new Error('packing failed'))
  tasks[2]?.resolve([new Uint8Array(1)])
  for (const promise of [second, last, file.add(1, 1, make), file.finish(1, 1, make)]) await expect(promise).rejects.toThrow('no such column')
  expect([tasks.length, dropped]).toEqual([3, [file]])
})

test('a file that has ended is not given up', async () => {
  const { file, tasks, thread, dropped } = opened()
  file.thread = thread
  const done = file.finish(1, 1, make)
  tasks[0]?.resolve([])
  await done
  file.drop()
  file.fail(new FileLost('late'))
  expect(dropped).toEqual([])
})

describe('a file of a pool', () => {
  /** A piece that says what the thread does with it. */
  const piece = (name: string, what = 'piece', more: Record<string, string> = {}) =>
    [
      3,
      10,
      (place: FilePlace) => ({ ...jobOf(name, what, more), ...place, table: { buffer: new ArrayBuffer(10) }, kind: 'table' }) as never as TableJob,
    ] as const

  test('is written by one thread, beside others, and each piece says what was before it', async () => {
    const pool = poolOf()
    const [a, b] = [pool.open(), pool.open()]
    await a.add(...piece('a1'))
    await Promise.all([b.add(...piece('b1')), a.add(...piece('a2'))])
    expect(await run(pool, 'whole')).toMatch('whole')
    expect(await text(a.finish(...piece('a3', 'end')))).toBe('0,a1,3,a2,a3')
    expect(await text(b.finish(...piece('b2', 'end')))).toBe('0,b1,b2')
    expect(started).toHaveLength(1)
  })

  test('each goes to the thread with the least to do, and all its pieces there', async () => {
    const pool = poolOf({ size: 2 })
    const files = [pool.open(), pool.open(), pool.open(), pool.open()]
    for (const file of files) await file.add(...piece('x'))
    expect(pool.threads).toBe(2)
    expect(files.map(({ thread }) => files.findIndex((other) => other.thread === thread))).toEqual([0, 1, 0, 1])
    for (const file of files) expect(await text(file.finish(...piece('y', 'end')))).toBe('0,x,y')
  })

  test.each([
    ['exit', 'exit code 7'],
    ['throw', 'out of its mind'],
    ['trap', 'unreachable'],
  ])('is lost with its thread (%s): its rows are never taken for a whole file, and whole files are tried again', async (what, message) => {
    const pool = poolOf()
    const [a, b, idle] = [pool.open(), pool.open(), pool.open()]
    await a.add(...piece('a1'))
    await idle.add(...piece('c1'))
    const lost = [a.finish(...piece('a2', what)), b.add(...piece('b1')).then(() => b.finish(...piece('b2', 'end')))]
    const whole = run(pool, 'whole')
    const settled = await Promise.allSettled(lost)
    expect(settled[0]).toMatchObject({ status: 'rejected', reason: { name: 'FileLost', message: expect.stringContaining(message) } })
    expect(await whole).toMatch('whole')
    for (const file of [a, idle]) await expect(file.finish(...piece('more', 'end'))).rejects.toMatchObject({ name: 'FileLost' })
    const later = pool.open()
    await later.add(...piece('d1'))
    expect(await text(later.finish(...piece('d2', 'end')))).toBe('0,d1,d2')
  })

  test('fails with what the encoder says, and no other with it', async () => {
    const pool = poolOf()
    const [bad, good] = [pool.open(), pool.open()]
    await good.add(...piece('b1'))
    await bad.add(...piece('a1', 'fail'))
    await expect(bad.finish(...piece('a2', 'end'))).rejects.toThrow('cannot hold this')
    expect(await text(good.finish(...piece('b2', 'end')))).toBe('0,b1,b2')
  })

  test('that is given up is forgotten by its thread, and takes no more', async () => {
    const pool = poolOf({ idle: 20 })
    const file = pool.open()
    await file.add(...piece('a1'))
    file.drop()
    await expect(file.add(...piece('a2'))).rejects.toThrow('given up')
    await once(started[0] as Worker, 'exit')
    expect(pool.threads).toBe(0)
  })

  test('keeps its thread, however long it waits for more rows', async () => {
    const pool = poolOf({ idle: 5 })
    const file = pool.open()
    await file.add(...piece('a1'))
    await new Promise((done) => setTimeout(done, 100))
    expect(await text(file.finish(...piece('a2', 'end')))).toBe('0,a1,a2')
    await once(started[0] as Worker, 'exit')
  })

  test('waits where threads have enough, and first rows wait for a thread that runs', async () => {
    const pool = poolOf({ maxBytes: 25 })
    const file = pool.open()
    const packed: string[] = []
    const pack = (name: string) => {
      const [rows, bytes, make] = piece(name, 'wait')
      return file.add(rows, bytes, (place) => {
        packed.push(name)
        return make(place)
      })
    }
    const all = ['a', 'b', 'c', 'd'].map(pack)
    expect(packed).toEqual([])
    await Promise.all(all.slice(0, 2))
    expect(packed).toEqual(['a', 'b'])
    wake()
    await Promise.all(all)
    expect(packed).toEqual(['a', 'b', 'c', 'd'])
    file.drop()
  })

  test('without threads that can be started none of its rows is handed over', async () => {
    const pool = poolOf({ broken: true })
    let isPacked = false
    const adding = pool.open().add(3, 10, () => {
      isPacked = true
      return jobOf('a') as never
    })
    await expect(adding).rejects.toMatchObject({ name: 'WorkersUnavailable' })
    expect(isPacked).toBe(false)
  })

  test('is finished by a thread that takes no others, before what waits for another one', async () => {
    const pool = poolOf()
    const [old, fresh] = [pool.open(), pool.open()]
    await old.add(...piece('a1', 'piece', { memory: '4000' }))
    await vi.waitUntil(() => old.thread?.open === false)
    await fresh.add(...piece('b1'))
    expect(fresh.thread).not.toBe(old.thread)
    expect(await text(old.finish(...piece('a2', 'end')))).toBe('0,a1,a2')
    expect(await text(fresh.finish(...piece('b2', 'end')))).toBe('0,b1,b2')
    await vi.waitUntil(() => pool.threads === 1)
  })
})
