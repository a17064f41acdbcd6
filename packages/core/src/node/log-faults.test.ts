import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type FileLayer, nodeFiles } from './files/file-layer.ts'
import { commitLog } from './log/commit-log.ts'

const TASK = 'tickets-0'
const pipeline = { name: 'p', logId: 'x', topics: [], partitions: [], fingerprint: null, remove: {} }
const bytes = new TextEncoder().encode('{}')
let path: string
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'log-faults-'))
  await commitLog(path).begin(pipeline)
})
afterEach(() => rm(path, { recursive: true, force: true }))

const failing = (code: string) => Promise.reject(Object.assign(new Error(`${code}: made up`), { code }))
const task = () => join(path, 'x', TASK)

/** The node layer, where one fsync of the task's folder fails once it holds the folder of the states: the next one would succeed. */
function onceUnsynced(code: string): FileLayer & { failed: number } {
  const layer = {
    ...nodeFiles,
    failed: 0,
    async syncFolder(at: string) {
      if (at === task() && layer.failed === 0 && (await readdir(task())).includes('state')) {
        layer.failed++
        return failing(code)
      }
      return nodeFiles.syncFolder(at)
    },
  }
  return layer
}

it.each(['EIO', 'EACCES'])('a state is not safe while the folder above it could not be made durable (%s)', async (code) => {
  const files = onceUnsynced(code)
  await expect(commitLog(path, { files }).putState(TASK, '0-a.json', bytes)).rejects.toMatchObject({ code: 'LOG_UNUSABLE' })
  expect(files.failed).toBe(1)
})

it('the first state makes the folder durable that a process made and did not sync before it crashed', async () => {
  await nodeFiles.makeFolder(task())
  await nodeFiles.makeFolder(join(task(), 'state'))
  const synced: string[] = []
  const files: FileLayer = { ...nodeFiles, syncFolder: (at) => nodeFiles.syncFolder(at).then(() => void synced.push(at)) }
  const log = commitLog(path, { files })
  await log.latest(TASK)
  await log.append(TASK, { n: 0, attempt: 'a', files: {}, body: null })
  synced.length = 0
  await log.putState(TASK, '1-a.json', bytes)
  expect(synced).toContain(task())
})

it('the first state makes its folder durable, also where another process has put one beside it meanwhile', async () => {
  const synced: string[] = []
  const files: FileLayer = {
    ...nodeFiles,
    syncFolder: (at) => nodeFiles.syncFolder(at).then(() => void synced.push(at)),
    async writeFile(at, parts) {
      await nodeFiles.writeFile(at, parts)
      await nodeFiles.writeFile(join(dirname(at), '1-other.json'), parts)
    },
  }
  await commitLog(path, { files }).putState(TASK, '1-a.json', bytes)
  expect(synced.slice(synced.lastIndexOf(join(task(), 'state')))).toContain(task())
})

it('3.4 the folders of a log are durable before it says that it began, whoever made them', async () => {
  const [at, early] = [join(path, 'deep', 'log'), join(path, 'early')]
  await nodeFiles.makeFolder(early)
  for (const folder of [at, early]) {
    const calls: string[] = []
    const files: FileLayer = {
      ...nodeFiles,
      syncFolder: (one) => nodeFiles.syncFolder(one).then(() => void calls.push(one)),
      makeFolder: async (one) => {
        const isMade = await nodeFiles.makeFolder(one)
        if (isMade) calls.push(`make ${basename(one)}`)
        return isMade
      },
      link: (from, to) => {
        calls.push(`link ${basename(to)}`)
        return nodeFiles.link(from, to)
      },
    }
    await commitLog(folder, { files }).begin(pipeline)
    const before = calls.slice(0, calls.indexOf('link pipeline.json'))
    for (let one = folder; one !== dirname(path); one = dirname(one)) expect(before, one).toContain(one)
    // The folder of the records as well, so that a log that began has one.
    expect(before.lastIndexOf(folder)).toBeGreaterThan(before.indexOf(`make ${pipeline.logId}`))
  }
})

it('a temporary file that somebody took away is an error, unless the number is taken meanwhile', async () => {
  const record = (attempt: string) => ({ n: 0, attempt, files: {}, body: null })
  for (const isTaken of [false, true]) {
    let links = 0
    const files: FileLayer = {
      ...nodeFiles,
      link: async (from, to) => {
        if (links++ > 0) return nodeFiles.link(from, to)
        await nodeFiles.unlink(from)
        if (isTaken) await commitLog(path).append(TASK, record('other'))
        return nodeFiles.link(from, to)
      },
    }
    const appended = commitLog(path, { files }).append(TASK, record('own'))
    if (isTaken) expect(await appended).toBe('exists')
    else await expect(appended).rejects.toMatchObject({ code: 'LOG_UNUSABLE', message: expect.stringContaining('disappeared') })
  }
})

it.each([-1, 0.5, Number.NaN, 2 ** 53])('refuses %s as the number of a record', async (n) => {
  const append = async () => commitLog(path).append(TASK, { n, attempt: 'a', files: {}, body: null })
  await expect(append).rejects.toMatchObject({ code: 'OPTION_INVALID' })
})

it('a crash while pruning leaves no hole, in whatever order the folder lists its names', async () => {
  const log = commitLog(path)
  for (let n = 0; n < 8; n++) await log.append(TASK, { n, attempt: 'a', files: {}, body: null })
  for (let left = 0; left < 6; left++) {
    let calls = left
    const files: FileLayer = {
      ...nodeFiles,
      readFolder: async (at) => [...(await nodeFiles.readFolder(at))].sort().reverse(),
      unlink: (at) => (calls-- > 0 ? nodeFiles.unlink(at) : failing('EIO')),
    }
    await commitLog(path, { files })
      .prune(TASK, 6)
      .catch(() => {})
    const numbers = (await readdir(task())).map((name) => Number.parseInt(name, 10)).sort((a, b) => a - b)
    expect(numbers).toEqual(numbers.map((_, i) => 8 - numbers.length + i))
    expect(numbers).toContain(6)
  }
})

/** The node layer without fsync, where call number `at` fails once, before it acts or after: the next one would succeed. */
function failingOnce(at: number, isDone: boolean): FileLayer & { readonly calls: string[] } {
  const calls: string[] = []
  const wrap =
    (name: string, call: (...args: unknown[]) => Promise<unknown>) =>
    async (...args: unknown[]) => {
      const isFaulty = calls.push(name) === at
      if (isFaulty && !isDone) return failing('EIO')
      const answer = await (name === 'syncFolder' ? undefined : call(...args))
      return isFaulty ? failing('EIO') : answer
    }
  const layer = Object.fromEntries(Object.entries(nodeFiles).map(([name, call]) => [name, wrap(name, call as never)]))
  return Object.assign(layer as unknown as FileLayer, { calls })
}

it('one passing EIO at any call, its work done or not: what is done again by a new process is there once, and stays through two recoveries', async () => {
  const run = async (at: string, files: FileLayer): Promise<number> => {
    let errors = 0
    const again = async <R>(work: (log: ReturnType<typeof commitLog>) => Promise<R>): Promise<R> =>
      work(commitLog(at, { files })).catch((error: unknown) => {
        errors++
        expect(error).toMatchObject({ code: 'LOG_UNUSABLE', cause: { code: 'EIO' } })
        return work(commitLog(at, { files }))
      })
    await again((log) => log.begin(pipeline))
    for (let n = 0; n < 3; n++) {
      await again((log) => log.putState(TASK, `${n}-a.json`, bytes))
      expect(await again((log) => log.append(TASK, { n, attempt: 'a', files: {}, body: { n } }))).toBe('appended')
      for (let recovery = 0; recovery < 2; recovery++) expect(await again((log) => log.head(TASK))).toMatchObject({ n, body: { n } })
      await again((log) => log.sweepState(TASK, { n, attempt: 'a' }, n === 2 ? ['1-a.json'] : []))
    }
    await again((log) => log.prune(TASK, 1))
    return errors
  }
  const whole = failingOnce(0, false)
  await run(join(path, 'whole'), whole)
  let told = 0
  for (const isDone of [false, true]) {
    // Every third call, others when its work is done.
    for (let at = isDone ? 1 : 2; at <= whole.calls.length; at += 3) {
      const where = join(path, `${isDone}-${at}`)
      told += await run(where, failingOnce(at, isDone))
      const found = []
      for await (const record of commitLog(where).read(TASK, 0)) found.push(record.n)
      expect(found, where).toEqual([1, 2])
      expect((await readdir(join(where, 'x', TASK))).sort(), where).toHaveLength(3)
      expect((await readdir(join(where, 'x', TASK, 'state'))).sort(), where).toEqual(['1-a.json', '2-a.json'])
      await rm(where, { recursive: true })
    }
  }
  expect(told).toBeGreaterThan(whole.calls.length / 3)
})
