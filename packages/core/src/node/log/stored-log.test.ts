import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { TicketsError } from '../../base/errors.ts'
import type { CommitLog, LogRecord, PipelineRecord } from '../../connectors/commit-log.ts'
import type { Storage } from '../../connectors/storage.ts'
import { changed } from '../../testing/contracts/changed-storage.fixture.ts'
import { type MemoryStorage, memoryStorage } from '../../testing/memory-storage.ts'
import { commitLog } from './commit-log.ts'

const TASK = 'tickets-0'
const entry = (n: number, attempt = 'a'): LogRecord => ({ n, attempt, files: { flow: { k: n } }, body: { at: n, text: 'é🙂"' } })
const pipeline = (logId: string): PipelineRecord => ({ name: 'p', logId, topics: [], partitions: [], fingerprint: null, remove: {} })
const file = (n: number, id = 'x') => `${id}/${TASK}/${String(n).padStart(20, '0')}.json`
const bytes = (text: string) => [new TextEncoder().encode(text)]
const numbers = async (log: CommitLog, after = -1) => {
  const found: number[] = []
  for await (const { n } of log.read(TASK, after)) found.push(n)
  return found
}
async function filled(count: number, storage: MemoryStorage = memoryStorage('log')) {
  const log = commitLog(storage.open())
  await log.begin(pipeline('x'))
  for (let n = 0; n < count; n++) await log.append(TASK, entry(n))
  return { storage, log }
}
const textOf = async (storage: Storage, path: string) => Buffer.from((await storage.read(path)) ?? []).toString('utf8')
/** The storage with some calls replaced, and a list of all calls. */
function watched(storage: MemoryStorage, changes: Partial<Storage> = {}): MemoryStorage & { calls: string[] } {
  const calls: string[] = []
  const inner = changed(storage, () => changes)
  const proxy = new Proxy(inner, {
    get: (_, key: keyof MemoryStorage) => {
      const value = inner[key] as unknown
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        calls.push(key)
        return value(...args)
      }
    },
  })
  return Object.assign(Object.create(proxy) as MemoryStorage, { calls })
}
const gone = { code: 'LOG_GONE', message: expect.stringContaining('stop every process') }

describe('a log in a storage', () => {
  it('has the layout of a log in a folder, byte for byte', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stored-log-'))
    try {
      const { storage, log } = await filled(2)
      const inFolder = commitLog(folder)
      await inFolder.begin(pipeline('x'))
      for (let n = 0; n < 2; n++) await inFolder.append(TASK, entry(n))
      for (const one of [log, inFolder]) await one.putState(TASK, '1-a.json', new Uint8Array([1, 2]))
      const paths = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((found) => found.isFile())
      const found = await Promise.all(
        paths.map(async ({ parentPath, name }) => [
          join(parentPath, name).slice(folder.length + 1),
          new Uint8Array(await readFile(join(parentPath, name))),
        ]),
      )
      expect(new Map(storage.files)).toEqual(new Map(found as [string, Uint8Array][]))
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  it('needs one request to commit and one to be sure, two for a head, and lists nothing again to prune and to sweep', async () => {
    const { storage } = await filled(3)
    const seen = watched(storage)
    const log = commitLog(seen)
    const requests = async (work: () => Promise<unknown>) => {
      seen.calls.length = 0
      await work()
      return seen.calls.filter((call) => call !== 'makeDurable')
    }
    expect(await requests(() => log.head(TASK))).toEqual(['read', 'names', 'read'])
    expect(await requests(() => log.head(TASK))).toEqual(['names', 'read'])
    expect(await requests(() => log.sweepState(TASK, { n: 2, attempt: 'a' }, []))).toEqual(['names'])
    expect(await requests(() => log.append(TASK, entry(3)))).toEqual(['create'])
    expect(await requests(() => log.latest(TASK))).toEqual(['names'])
    expect(await requests(() => log.prune(TASK, 3))).toEqual(['remove'])
    expect(await requests(() => log.prune(TASK, 3))).toEqual([])
    expect(await requests(() => log.sweepState(TASK, { n: 3, attempt: 'a' }, []))).toEqual([])
    expect(await numbers(commitLog(storage), 2)).toEqual([3])
  })

  it('makes durable what it has listed before anybody acts on it (3.4)', async () => {
    const { storage } = await filled(2)
    const seen = watched(storage)
    const log = commitLog(seen)
    for (const call of [() => log.head(TASK), () => log.latest(TASK), () => numbers(log)]) await call()
    expect(seen.calls.filter((call) => call === 'makeDurable')).toHaveLength(2)
    expect(seen.calls.indexOf('makeDurable', 2)).toBeGreaterThan(seen.calls.indexOf('names'))
  })

  it.each([
    ['whose check fails', { check: () => Promise.reject(new TicketsError('TARGET_UNUSABLE', 'cannot write there: pay the bill')) }, false],
    ['that fails for a while', { read: () => Promise.reject(Object.assign(new Error('slow down'), { retryable: true })) }, true],
  ] as const)('in a storage %s says so, and whether to try again', async (_, changes, retryable) => {
    const cause = expect.anything()
    await expect(commitLog(watched(memoryStorage(), changes)).begin(pipeline('x'))).rejects.toMatchObject({ code: 'LOG_UNUSABLE', retryable, cause })
  })

  it.each([[''], ['s3://shop/log'], [null], [{}]])('is not in %j', (place) => {
    expect(() => commitLog(place as string)).toThrowError(expect.objectContaining({ code: 'OPTION_INVALID' }))
  })
})

describe('the pipeline record', () => {
  it('that is gone while records are left is an error (1.1)', async () => {
    const { storage } = await filled(1)
    await storage.remove(['pipeline.json'])
    for (const call of [() => commitLog(storage).pipeline(), () => commitLog(storage).begin(pipeline('y'))])
      await expect(call()).rejects.toMatchObject({ code: 'LOG_DAMAGED', message: expect.stringContaining('x/tickets-0 has records') })
  })

  it.each([
    ['torn', (text: string) => text.slice(0, 70), 'LOG_DAMAGED'],
    ['of a newer format', (text: string) => text.replace('"format":2', '"format":3'), 'LOG_UNUSABLE'],
    ['of the first layout', (text: string) => text.replace('"format":2', '"format":1'), 'LOG_UNUSABLE'],
  ])('that is %s is refused', async (_, change, code) => {
    const { storage } = await filled(1)
    await storage.replace('pipeline.json', bytes(change(await textOf(storage, 'pipeline.json'))))
    await expect(commitLog(storage).begin(pipeline('x'))).rejects.toMatchObject({
      code,
      message: expect.stringContaining('memory://log/pipeline.json'),
    })
  })
})

describe('a record that was damaged', () => {
  it.each([
    ['torn', (text: string) => text.slice(0, text.length / 2), 'LOG_DAMAGED'],
    ['with another content', (text: string) => text.replace('"at":1', '"at":2'), 'LOG_DAMAGED'],
    ['of a newer format', (text: string) => text.replace('"format":2', '"format":3'), 'LOG_UNUSABLE'],
  ])('%s stops with the file and what to do', async (_, damage, code) => {
    const { storage } = await filled(2)
    await storage.replace(file(1), bytes(damage(await textOf(storage, file(1)))))
    const log = commitLog(storage)
    const refused = { code, message: expect.stringContaining(`memory://log/${file(1)}`) }
    await expect(log.head(TASK)).rejects.toMatchObject(refused)
    await expect(numbers(log)).rejects.toMatchObject(refused)
    await expect(log.append(TASK, entry(1))).rejects.toMatchObject(refused)
  })

  it('and one that was copied stop as well', async () => {
    const { storage } = await filled(2)
    await storage.replace(file(2), [(await storage.read(file(1))) as Uint8Array])
    await expect(commitLog(storage).head(TASK)).rejects.toMatchObject({ code: 'LOG_DAMAGED', message: expect.stringContaining('holds record 1') })
  })

  it('and a newest one that is gone stop the process that has seen it', async () => {
    const { storage, log } = await filled(2)
    await storage.remove([file(1)])
    for (const call of [() => log.head(TASK), () => log.latest(TASK), () => numbers(log)])
      await expect(call()).rejects.toMatchObject({ code: 'LOG_DAMAGED', message: expect.stringContaining('record 1 of tickets-0') })
  })

  it('and one that is missing in the middle are a gap', async () => {
    const { storage } = await filled(4)
    await storage.remove([file(1)])
    await expect(numbers(commitLog(storage))).rejects.toMatchObject({ code: 'LOG_GAP', retryable: true })
    expect(await numbers(commitLog(storage), 1)).toEqual([2, 3])
  })
})

describe('a log that is deleted under its processes', () => {
  it.each([
    ['deleted', async () => {}],
    ['begun anew', async (storage: MemoryStorage) => void (await filled(5, storage).catch(() => {}))],
  ])('or begun anew stops them: %s', async (_, then) => {
    const { storage, log } = await filled(2)
    await log.putState(TASK, '1-a.json', new Uint8Array([1]))
    storage.clear()
    if (_ === 'begun anew') await commitLog(storage).begin(pipeline('y'))
    await then(storage)
    for (const call of [() => log.head(TASK), () => log.latest(TASK), () => numbers(log), () => log.getState(TASK, '1-a.json')])
      await expect(call()).rejects.toMatchObject(gone)
  })

  it.each([[0], [2]])('is noticed by who commits record %d, before it is acted on, and leaves nothing behind', async (count) => {
    const { storage, log } = await filled(count)
    if (count > 0) await log.latest(TASK)
    storage.clear()
    expect(await log.append(TASK, entry(count))).toBe('appended')
    await expect(log.latest(TASK)).rejects.toMatchObject(gone)
    expect([...storage.files.keys()]).toEqual([])
    await commitLog(storage).begin(pipeline('y'))
    await commitLog(storage).append(TASK, entry(0))
    expect([...storage.files.keys()]).toEqual(['pipeline.json', file(0, 'y')])
  })
})
