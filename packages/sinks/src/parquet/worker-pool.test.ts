import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { afterEach, expect, test, vi } from 'vitest'
import { endAll, flags, jobOf, poolOf, run, started, text, wake } from './pool.fixture.ts'

afterEach(endAll)

test('nothing is started before the first job, then one thread does all, and each caller gets its own', async () => {
  const pool = poolOf()
  expect(started).toHaveLength(0)
  expect(await Promise.all(['a', 'b', 'c', 'd'].map((name) => run(pool, name)))).toEqual(['a:1:10', 'b:2:10', 'c:3:10', 'd:4:10'])
  expect(started).toHaveLength(1)
})

test('a job larger than all may hold comes through, after others of sizes that are no whole numbers', async () => {
  const pool = poolOf()
  // 0.1 + 0.1 + 0.2 less each of them is not 0.
  await Promise.all([0.1, 0.1, 0.2].map((bytes) => run(pool, 'small', 'ok', {}, bytes)))
  expect(await run(pool, 'large', 'ok', {}, 5000)).toBe('large:4:10')
})

test('jobs are packed when a thread may take them: one more than each works on, and within the bytes', async () => {
  const pool = poolOf({ size: 2 })
  const made: string[] = []
  const ask = (name: string, bytes: number) =>
    text(
      pool.encode(bytes, () => {
        made.push(name)
        return jobOf(name, 'wait')
      }),
    )
  const all = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ask(name, 100))
  expect(made).toEqual(['a', 'b', 'c', 'd'])
  expect(started).toHaveLength(2)
  wake()
  expect((await Promise.all(all)).map((said) => said[0])).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])

  flags.fill(0)
  made.length = 0
  const big = [ask('g', 600), ask('h', 600), ask('i', 10)]
  // Nothing passes the one that waits for room, so that none waits for ever.
  expect(made).toEqual(['g'])
  wake()
  await Promise.all(big)
  expect(made).toEqual(['g', 'h', 'i'])
  expect(await run(pool, 'larger than all', 'ok', {}, 5000)).toMatch('larger than all')
})

test('the buffer is handed over, not copied', async () => {
  const job = jobOf('a')
  await poolOf().encode(10, () => job)
  expect(job.ipc.byteLength).toBe(0)
})

test('an error of the encoder fails its job alone', async () => {
  const pool = poolOf()
  const [bad, good] = await Promise.allSettled([run(pool, 'a', 'fail'), run(pool, 'b')])
  expect(bad).toMatchObject({ status: 'rejected', reason: { message: 'cannot hold this' } })
  expect(good).toMatchObject({ status: 'fulfilled', value: 'b:2:10' })
  expect(started).toHaveLength(1)
})

test('what packing throws fails its job alone, and its room is given back', async () => {
  const pool = poolOf()
  const packing = pool.encode(900, () => {
    throw new Error('too much')
  })
  await expect(packing).rejects.toThrow('too much')
  expect(await run(pool, 'b', 'ok', {}, 900)).toBe('b:1:10')
})

test('a thread that dies is replaced, its job done once more, and those behind it done', async () => {
  const pool = poolOf()
  const all = [run(pool, 'a', 'exit at first'), run(pool, 'b'), run(pool, 'c')]
  expect(await Promise.all(all)).toEqual(['a:1:10', 'b:2:10', 'c:3:10'])
  expect(started).toHaveLength(2)
  expect(pool.threads).toBe(1)
})

test.each([
  ['exit', 'exit code 7'],
  ['throw', 'out of its mind'],
  ['trap', 'unreachable'],
])('a job that ends each thread (%s) fails after the second, and no other with it', async (what, message) => {
  const pool = poolOf()
  const [bad, ...good] = await Promise.allSettled([run(pool, 'a', what), run(pool, 'b'), run(pool, 'c')])
  expect(bad).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining(message) } })
  expect(good).toMatchObject([{ value: 'b:1:10' }, { value: 'c:2:10' }])
  expect(started).toHaveLength(3)
})

test('a thread that somebody terminates is replaced', async () => {
  const pool = poolOf()
  const first = run(pool, 'a', 'wait')
  await once(started[0] as Worker, 'message')
  wake()
  await Promise.all([first, started[0]?.terminate()].map((done) => done?.catch(() => {})))
  expect(await run(pool, 'b')).toMatch('b:')
})

test('threads that cannot be loaded, or not be made, are reported as such to every job, now and later', async () => {
  const unloadable = poolOf({ broken: true, size: 2 })
  const failed = await Promise.allSettled([
    run(unloadable, 'a'),
    run(unloadable, 'b'),
    run(unloadable, 'c'),
    run(unloadable, 'd'),
    run(unloadable, 'e'),
  ])
  for (const job of failed) expect(job).toMatchObject({ reason: { name: 'WorkersUnavailable', message: expect.stringContaining('no such module') } })
  await expect(run(unloadable, 'later')).rejects.toMatchObject({ name: 'WorkersUnavailable' })
  expect(started.length).toBeLessThanOrEqual(2)

  const forbidden = poolOf({
    start: () => {
      throw new Error('Access to this API has been restricted')
    },
  })
  await expect(run(forbidden, 'a')).rejects.toMatchObject({ name: 'WorkersUnavailable', message: expect.stringContaining('restricted') })
})

test('a thread whose WASM has grown beyond what its jobs need is replaced', async () => {
  const pool = poolOf()
  expect(await run(pool, 'needs it', 'ok', { memory: '4000' }, 1000)).toBe('needs it:1:10')
  expect(await run(pool, 'does not', 'ok', { memory: '4000' }, 999)).toBe('does not:2:10')
  expect(await run(pool, 'small', 'ok', { memory: '100' })).toBe('small:1:10')
  expect(await run(pool, 'small', 'ok', { memory: '100' })).toBe('small:2:10')
  expect(started).toHaveLength(2)
})

test('a thread without work does not hold the process, and is ended after a while', async () => {
  const pool = poolOf({ idle: 20 })
  const held = vi.spyOn(Worker.prototype, 'ref')
  const free = vi.spyOn(Worker.prototype, 'unref')
  await run(pool, 'a')
  expect([held.mock.calls.length, free.mock.calls.length]).toEqual([1, 1])
  await once(started[0] as Worker, 'exit')
  expect(pool.threads).toBe(0)
  expect(await run(pool, 'b')).toBe('b:1:10')
  vi.restoreAllMocks()
})
