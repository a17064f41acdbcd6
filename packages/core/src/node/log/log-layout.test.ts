import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LogRecord, PipelineRecord } from '../../connectors/commit-log.ts'
import { type FileLayer, nodeFiles } from '../files/file-layer.ts'
import { verifyChecksum, withChecksum } from './checksum.ts'
import { commitLog } from './commit-log.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-layout-'))
  path = join(folder, 'log')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const TASKS = ['tickets-0', 'tickets-1', 'merge']
const pipeline = (logId: string): PipelineRecord => ({ name: 'p', logId, topics: [], partitions: [], fingerprint: null, remove: {} })
const entry = (n: number, attempt = 'a'): LogRecord => ({ n, attempt, files: {}, body: { at: n } })
const bytes = new TextEncoder().encode('{"big":1}')

/** A log of two records and a state for each task. */
async function filled(logId: string) {
  const log = commitLog(path)
  await log.begin(pipeline(logId))
  for (const task of TASKS) {
    await log.putState(task, '1-a.json', bytes)
    for (const n of [0, 1]) await log.append(task, entry(n))
  }
  return log
}

/** Makes it one as the first layout had it: the tasks beside `pipeline.json`, which is of format 1. */
async function demoted(logId: string) {
  await filled(logId)
  for (const task of TASKS) await rename(join(path, logId, task), join(path, task))
  await rm(join(path, logId), { recursive: true })
  await writeFile(join(path, 'pipeline.json'), Buffer.concat(withChecksum(pipeline(logId))))
}

async function expectWhole(logId: string) {
  expect((await readdir(path)).sort()).toEqual([logId, 'pipeline.json'].sort())
  const log = commitLog(path)
  for (const task of TASKS) {
    expect(await log.head(task)).toEqual(entry(1))
    expect(await log.getState(task, '1-a.json')).toEqual(bytes)
  }
  expect(await log.append('tickets-0', entry(2))).toBe('appended')
}

describe('a process of an older log', () => {
  it.each(['append', 'putState', 'head', 'latest', 'read', 'prune'] as const)(
    'cannot %s once the log is deleted, and makes no folder again',
    async (call) => {
      const old = await filled('old')
      await rm(path, { recursive: true })
      const work = {
        append: () => old.append('tickets-0', entry(2)),
        putState: () => old.putState('tickets-0', '2-a.json', bytes),
        head: () => old.head('tickets-0'),
        latest: () => old.latest('tickets-7'),
        read: async () => {
          for await (const _ of old.read('tickets-0', -1));
        },
        prune: () => old.prune('tickets-0', 1),
      }[call]
      await expect(work()).rejects.toMatchObject({ code: 'LOG_GONE', retryable: false, message: expect.stringContaining('stop every process') })
      expect(await readdir(folder)).toEqual([])
    },
  )

  it('cannot write into a newer one, not even for a task that it begins only now', async () => {
    const old = await filled('old')
    await rm(path, { recursive: true })
    const fresh = commitLog(path)
    await fresh.begin(pipeline('new'))
    expect(await fresh.append('tickets-0', entry(0, 'new'))).toBe('appended')
    for (const task of ['tickets-0', 'tickets-7']) {
      await expect(old.append(task, entry(2))).rejects.toMatchObject({ code: 'LOG_GONE' })
      await expect(old.head(task)).rejects.toMatchObject({ code: 'LOG_GONE' })
      await expect(old.putState(task, '2-a.json', bytes)).rejects.toMatchObject({ code: 'LOG_GONE' })
    }
    expect(await fresh.head('tickets-0')).toEqual(entry(0, 'new'))
    expect(await readdir(join(path, 'new'))).toEqual(['tickets-0'])
  })

  it('does not make the folder of a task again that was deleted alone', async () => {
    const log = await filled('old')
    await rm(join(path, 'old', 'tickets-0'), { recursive: true })
    await expect(log.append('tickets-0', entry(2))).rejects.toMatchObject({ code: 'LOG_UNUSABLE' })
    await expect(log.putState('tickets-0', '2-a.json', bytes)).rejects.toMatchObject({ code: 'LOG_UNUSABLE' })
    expect((await readdir(join(path, 'old'))).sort()).toEqual(['merge', 'tickets-1'])
  })

  it('gets LOG_DAMAGED where the folder of the records is gone and pipeline.json is not', async () => {
    await filled('old')
    await rm(join(path, 'old'), { recursive: true })
    await expect(commitLog(path).begin(pipeline('x'))).rejects.toMatchObject({ code: 'LOG_DAMAGED', message: expect.stringContaining('is gone') })
  })
})

describe('a log of the first layout', () => {
  it('is brought into the new one by whoever begins, and continues', async () => {
    await demoted('old')
    expect(await commitLog(path).begin(pipeline('x'))).toEqual(pipeline('old'))
    await expectWhole('old')
    const file = join(path, 'pipeline.json')
    // An older release reads format 1 only: it must not begin from nothing here.
    expect(() => verifyChecksum(new Uint8Array(), file, '')).toThrow()
    const text = await readFile(file)
    expect(() => verifyChecksum(text, file, '')).toThrow('format 2')
  })

  it('is brought there by whoever reads it, too', async () => {
    await demoted('old')
    expect(await commitLog(path).head('tickets-1')).toEqual(entry(1))
    await expectWhole('old')
  })

  it('is whole after a crash at any step, and begun again', async () => {
    for (let step = 0; ; step++) {
      await rm(path, { recursive: true, force: true })
      await demoted('old')
      let left = step
      const dies = Object.fromEntries(
        (['makeFolder', 'writeFile', 'rename', 'syncFolder', 'link', 'unlink'] as const).map((call) => [
          call,
          (...args: [string, never]) =>
            left-- > 0
              ? (nodeFiles[call] as (...all: unknown[]) => unknown)(...args)
              : Promise.reject(Object.assign(new Error('EIO: dead'), { code: 'EIO' })),
        ]),
      ) as Partial<FileLayer>
      const outcome = await commitLog(path, { files: { ...nodeFiles, ...dies } })
        .begin(pipeline('x'))
        .catch(() => 'crashed')
      // What a killed trial leaves behind is not looked at here.
      for (const name of await readdir(path)) if (name.endsWith('.tmp')) await rm(join(path, name))
      await commitLog(path).begin(pipeline('y'))
      await expectWhole('old')
      if (outcome !== 'crashed') return expect(step).toBeGreaterThan(10)
    }
  })

  it('is brought there by several at once', async () => {
    await demoted('old')
    await Promise.all([1, 2, 3, 4].map(() => commitLog(path).begin(pipeline('x'))))
    await expectWhole('old')
  })

  it('to which a process of the older release still writes is refused, with what to do', async () => {
    await filled('old')
    await mkdir(join(path, 'tickets-0'))
    await writeFile(join(path, 'tickets-0', `${'0'.repeat(20)}.json`), Buffer.concat(withChecksum(entry(0))))
    await expect(commitLog(path).begin(pipeline('x'))).rejects.toMatchObject({
      code: 'LOG_DAMAGED',
      message: expect.stringContaining('older release'),
    })
    expect((await stat(join(path, 'tickets-0'))).isDirectory()).toBe(true)
  })

  it('without its pipeline record is refused', async () => {
    await demoted('old')
    await rm(join(path, 'pipeline.json'))
    await expect(commitLog(path).pipeline()).rejects.toMatchObject({ code: 'LOG_DAMAGED' })
  })
})

it('records without their pipeline record are refused: a new log id would publish everything again', async () => {
  const log = await filled('old')
  expect(JSON.parse(await readFile(join(path, 'pipeline.json'), 'utf8'))).toMatchObject({ format: 2, record: { logId: 'old' } })
  await rm(join(path, 'pipeline.json'))
  await expect(log.pipeline()).rejects.toMatchObject({ code: 'LOG_DAMAGED', message: expect.stringContaining('any backup') })
  await expect(log.begin(pipeline('x'))).rejects.toMatchObject({ code: 'LOG_DAMAGED', message: expect.stringContaining('has records') })
})

it('of many that begin at once one creates the log, and no folder of the others stays', async () => {
  const all = await Promise.all(['a', 'b', 'c', 'd'].map((id) => commitLog(path).begin(pipeline(id))))
  expect((await readdir(path)).sort()).toEqual([all[0]?.logId, 'pipeline.json'].sort())
})

it('another log in the folder is no record without a pipeline record', async () => {
  await filled('old')
  await rename(path, join(folder, 'inner'))
  await mkdir(path)
  await rename(join(folder, 'inner'), join(path, 'v1'))
  expect(await commitLog(path).pipeline()).toBeNull()
})

it('a process that another one overtakes while it begins takes that log, and removes its own folder and no other', async () => {
  let overtaken = false
  const files: FileLayer = {
    ...nodeFiles,
    async link(from, to) {
      if (to.endsWith('pipeline.json') && !overtaken) {
        overtaken = true
        await commitLog(path).begin(pipeline('first'))
      }
      return nodeFiles.link(from, to)
    },
  }
  expect(await commitLog(path, { files }).begin(pipeline('second'))).toMatchObject({ logId: 'first' })
  expect((await readdir(path)).sort()).toEqual(['first', 'pipeline.json'])
})

it('tasks that were moved to their new place are durable there before the log is used', async () => {
  await demoted('old')
  const calls: string[] = []
  const files: FileLayer = {
    ...nodeFiles,
    rename: (from, to) => nodeFiles.rename(from, to).then(() => void calls.push('rename')),
    syncFolder: (at) => nodeFiles.syncFolder(at).then(() => void calls.push(at)),
  }
  await commitLog(path, { files }).begin(pipeline('old'))
  const after = calls.slice(calls.lastIndexOf('rename'))
  expect(after).toContain(join(path, 'old'))
  expect(after).toContain(path)
})
