import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { commitLog, type FileLayer, nodeFiles } from '@tickets/core/node'
import { memoryStorage } from '@tickets/core/testing'
import { files } from '@tickets/sinks'
import { expect, test, vi } from 'vitest'
import { folder, lake, ticket } from './logs.fixture.ts'
import { openPlace, storagePlace } from './place.ts'
import { planReset, resetLog } from './reset-log.ts'

const lines = [0, 1, 2].map((i) => JSON.stringify({ ...ticket(i), request: `request ${i}` }))
const requestsIn = async (dir: string) =>
  (await Promise.all((await files(join(dir, 'all'))).map((path) => readFile(path, 'utf8'))))
    .flatMap((text) => text.split('\n').filter(Boolean))
    .map((line) => (JSON.parse(line) as { request: string }).request)
    .sort()
const expected = ['request 0', 'request 1', 'request 2']
const placeOf = (dir: string) => openPlace(join(dir, 'log'))

test('outputs stay, and stay those of the old log: append is refused, overwrite replaces them, and each row is there once', async () => {
  const { dir, run } = await lake(lines)
  await run()
  const plan = await planReset(await placeOf(dir), 0)
  expect(plan).toMatchObject({ pipeline: 'lake', leaves: [], keeps: { all: `file:${join(dir, 'all')}`, hourly: `file:${join(dir, 'hourly')}` } })
  const before = await files(join(dir, 'all'))
  await resetLog(await placeOf(dir))
  expect(await (await placeOf(dir)).files()).toEqual([])
  expect(await files(join(dir, 'all'))).toEqual(before)
  await expect(run()).rejects.toMatchObject({ code: 'TARGET_OWNED' })
  expect(await files(join(dir, 'all'))).toEqual(before)
  await run('overwrite')
  expect(await requestsIn(dir)).toEqual(expected)
  expect(await files(join(dir, 'all'))).not.toEqual(before)
})

test('a log that was written just now is refused, and one that another process holds', async () => {
  const { dir, run } = await lake(lines)
  await run()
  const place = await placeOf(dir)
  await expect(planReset(place, 60_000)).rejects.toMatchObject({ code: 'LOG_HELD', message: expect.stringMatching(/was written \d+ s ago/) })
  const code = `import { noteHolder } from ${JSON.stringify(new URL('../../../core/src/node/log/holders.ts', import.meta.url).href)}
noteHolder(${JSON.stringify(join(dir, 'log'))})
console.log('noted')
setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  try {
    await once(child.stdout, 'data')
    const held = { code: 'LOG_HELD', message: expect.stringContaining(`process ${child.pid}`) }
    await expect(planReset(place, 0)).rejects.toMatchObject(held)
    await expect(resetLog(place)).rejects.toMatchObject(held)
    expect((await place.files()).length).toBeGreaterThan(3)
  } finally {
    child.kill('SIGKILL')
    await exited
  }
  await resetLog(place)
  expect(await place.files()).toEqual([])
})

test('a process that still has the log open stops with LOG_GONE, and makes nothing anew', async () => {
  const dir = join(await folder(), 'log')
  const log = commitLog(dir)
  await log.begin({ name: 'lake', logId: 'log1', topics: [], partitions: [], fingerprint: {}, remove: {} })
  const record = (n: number) => ({ n, attempt: 'a', files: {}, body: {} })
  await log.append('t-0', record(0))
  await resetLog(await openPlace(dir))
  await expect(log.append('t-0', record(1))).rejects.toMatchObject({ code: 'LOG_GONE' })
  expect(await (await openPlace(dir)).files()).toEqual([])
})

test('what lies beside the records is left alone, another log too', async () => {
  const { dir, run } = await lake(lines)
  await run()
  await mkdir(join(dir, 'log', 'other'))
  await cp(join(dir, 'log', 'pipeline.json'), join(dir, 'log', 'other', 'pipeline.json'))
  await writeFile(join(dir, 'log', 'notes.txt'), 'x')
  expect((await planReset(await placeOf(dir), 0)).leaves).toEqual(['notes.txt', 'other'])
  await resetLog(await placeOf(dir))
  expect((await (await placeOf(dir)).files()).map(({ path }) => path).sort()).toEqual(['notes.txt', 'other/pipeline.json'])
})

test('a damaged log can be reset; a folder without a log cannot', async () => {
  const { dir, run } = await lake(lines)
  await run()
  await writeFile(join(dir, 'log', 'pipeline.json'), '{}')
  expect(await planReset(await placeOf(dir), 0)).toMatchObject({ pipeline: null, keeps: null })
  await resetLog(await placeOf(dir))
  await expect(planReset(await placeOf(dir), 0)).rejects.toMatchObject({ code: 'OPTION_INVALID' })
})

test('a log in a storage is removed, its pipeline record first', async () => {
  const storage = memoryStorage()
  const log = commitLog(storage)
  await log.begin({ name: 'lake', logId: 'log1', topics: [], partitions: [], fingerprint: {}, remove: {} })
  await log.append('t-0', { n: 0, attempt: 'a', files: {}, body: {} })
  const any = () => true
  const remove = vi.spyOn(storage, 'remove')
  await resetLog(storagePlace(storage))
  expect(remove.mock.calls[0]).toEqual([['pipeline.json']])
  expect([...((await storage.walk({ folder: any, file: any })) ?? [])]).toEqual([])
  // A process of the old log lists after it has created a record, and takes it back.
  await log.append('t-0', { n: 1, attempt: 'a', files: {}, body: {} })
  await expect(log.latest('t-0')).rejects.toMatchObject({ code: 'LOG_GONE' })
  expect([...((await storage.walk({ folder: any, file: any })) ?? [])]).toEqual([])
})

/** The file system up to its call number `last`; nothing of the process acts after that. */
function dying(last: number, isDone: boolean): FileLayer & { readonly calls: string[] } {
  const calls: string[] = []
  const wrap =
    (name: string, call: (...args: never[]) => Promise<unknown>) =>
    async (...args: never[]) => {
      const number = calls.push(name)
      if (number < last) return call(...args)
      if (number === last && isDone) await call(...args)
      throw Object.assign(new Error('the process died'), { code: 'DEAD' })
    }
  const layer = Object.fromEntries(Object.entries(nodeFiles).map(([name, call]) => [name, wrap(name, call as never)]))
  return Object.assign(layer as never, { calls })
}

test('death at each step: until it is finished no run begins anew over the outputs, and finishing it leaves each row once', async () => {
  const { dir, run } = await lake(lines)
  await run()
  const whole = dying(Number.POSITIVE_INFINITY, false)
  const copies = async () => {
    const copy = await folder()
    for (const name of ['log', 'all', 'hourly', 'dead', 'tickets.jsonl'])
      await cp(join(dir, name), join(copy, name), { recursive: true }).catch(() => {})
    return copy
  }
  await resetLog(await openPlace(join(await copies(), 'log')), whole)
  expect(whole.calls.length).toBeGreaterThan(12)
  // What takes the records away from everybody comes before anything is removed.
  expect(whole.calls.find((call) => ['rename', 'unlink', 'removeFolder'].includes(call))).toBe('rename')
  for (const isDone of [false, true]) {
    for (let last = 1; last <= whole.calls.length; last++) {
      const copy = await copies()
      const where = `${isDone ? 'after' : 'before'} call ${last}, ${whole.calls[last - 1]}`
      const place = await openPlace(join(copy, 'log'))
      await expect(resetLog(place, dying(last, isDone)), where).rejects.toThrow('died')
      const left = await place.files()
      // What a start would find: the log as it was, a damaged one, or none.
      const found = await commitLog(join(copy, 'log'))
        .begin({ name: 'lake', logId: 'new', topics: [], partitions: [], fingerprint: {}, remove: {} })
        .then(
          ({ logId }) => logId,
          (error: { code: string }) => error.code,
        )
      const isUntouched = left.some(({ path }) => path === 'pipeline.json') && !left.some(({ path }) => path.startsWith('.reset-'))
      const haveRecords = left.some(({ path }) => /\d{20}\.json$/.test(path))
      if (isUntouched) expect(found, where).not.toBe('new')
      else if (haveRecords) expect(found, where).toBe('LOG_DAMAGED')
      await resetLog(await openPlace(join(copy, 'log')))
      expect(await (await openPlace(join(copy, 'log'))).files(), where).toEqual([])
      expect(await requestsIn(copy), where).toEqual(expected)
    }
  }
})
