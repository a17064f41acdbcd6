import { mkdtemp, readdir, readFile, rm, truncate, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LogRecord, PipelineRecord } from '../../connectors/commit-log.ts'
import { type FileLayer, nodeFiles } from '../files/file-layer.ts'
import { commitLog } from './commit-log.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'commit-log-'))
  path = join(folder, 'deep', 'log')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const TASK = 'tickets-0'
const entry = (n: number, attempt = 'a', body: LogRecord['body'] = { at: n, text: 'é🙂"' }): LogRecord => ({
  n,
  attempt,
  files: { flow: { k: n } },
  body,
})
const pipeline = (logId: string): PipelineRecord => ({ name: 'p', logId, topics: [], partitions: [], fingerprint: null, remove: {} })
const home = () => join(path, 'x')
const file = (n: number) => join(home(), TASK, `${String(n).padStart(20, '0')}.json`)
const numbers = async (after = -1, log = commitLog(path)) => {
  const found: number[] = []
  for await (const { n } of log.read(TASK, after)) found.push(n)
  return found
}
async function filled(count: number) {
  const log = commitLog(path)
  await log.begin(pipeline('x'))
  for (let n = 0; n < count; n++) await log.append(TASK, entry(n))
  return log
}
/** The node layer with some calls replaced, and a trace of all calls. */
function layer(changes: (trace: string[]) => Partial<FileLayer>): FileLayer & { trace: string[] } {
  const trace: string[] = []
  const replaced: FileLayer = { ...nodeFiles, ...changes(trace) }
  const traced = Object.fromEntries(
    Object.entries(replaced).map(([name, call]) => [
      name,
      (...args: unknown[]) => {
        trace.push([name, ...args.filter((arg) => typeof arg === 'string').map((arg) => (arg as string).slice(path.length + 1))].join(' '))
        return (call as (...all: unknown[]) => unknown)(...args)
      },
    ]),
  ) as unknown as FileLayer
  return { ...traced, trace }
}
const failing = (code: string) => Promise.reject(Object.assign(new Error(`${code}: made up`), { code }))

describe('the pipeline record', () => {
  it('is null before the log begins, and nothing is made by looking', async () => {
    expect(await commitLog(path).pipeline()).toBeNull()
    expect(await commitLog(path).head(TASK)).toBeNull()
    expect(await commitLog(path).latest(TASK)).toBe(-1)
    expect(await readdir(folder)).toEqual([])
  })

  it('is created once: of many that begin at a time all get the same', async () => {
    const all = await Promise.all(['x', 'y', 'z'].map((id) => commitLog(path).begin(pipeline(id))))
    expect(new Set(all.map(({ logId }) => logId)).size).toBe(1)
    expect(await commitLog(path).pipeline()).toEqual(all[0])
    expect(await commitLog(path).begin(pipeline('late'))).toEqual(all[0])
    expect((await readdir(path)).sort()).toEqual([all[0]?.logId, 'pipeline.json'].sort())
  })

  it('damaged is refused, naming the file (3.11)', async () => {
    await commitLog(path).begin(pipeline('x'))
    await truncate(join(path, 'pipeline.json'), 60)
    await expect(commitLog(path).pipeline()).rejects.toMatchObject({ code: 'LOG_DAMAGED', message: expect.stringContaining('pipeline.json') })
  })

  it.each([
    ['link', 'EPERM', 'cannot link files'],
    ['link', 'EACCES', 'the right to read and write'],
    ['writeFile', 'ENOSPC', 'disk is full'],
    ['rename', 'EIO', 'check the disk'],
    ['syncFolder', 'EROFS', 'read-only'],
  ] as const)('%s failing with %s at the start says what to do', async (call, code, says) => {
    await expect(commitLog(path, { files: layer(() => ({ [call]: () => failing(code) })) }).begin(pipeline('x'))).rejects.toMatchObject({
      code: 'LOG_UNUSABLE',
      message: expect.stringContaining(says),
    })
    expect((await readdir(path)).filter((name) => name.startsWith('.trial'))).toEqual([])
  })

  it('a file system that links over a taken name is refused', async () => {
    const files = layer(() => ({
      link: (from, to) =>
        nodeFiles
          .unlink(to)
          .catch(() => {})
          .then(() => nodeFiles.link(from, to)),
    }))
    await expect(commitLog(path, { files }).begin(pipeline('x'))).rejects.toMatchObject({
      code: 'LOG_UNUSABLE',
      message: expect.stringContaining('links over'),
    })
  })

  it('a file in place of the folder is refused', async () => {
    await writeFile(join(folder, 'deep'), '')
    await expect(commitLog(path).begin(pipeline('x'))).rejects.toMatchObject({ code: 'LOG_UNUSABLE' })
    await expect(commitLog(path).pipeline()).rejects.toMatchObject({ code: 'LOG_UNUSABLE' })
  })
})

describe('append', () => {
  it('commits in order and leaves only the record', async () => {
    const log = await filled(3)
    expect(await log.head(TASK)).toEqual(entry(2))
    expect(await numbers()).toEqual([0, 1, 2])
    expect(await numbers(1)).toEqual([2])
    expect(await readdir(join(home(), TASK))).toEqual([0, 1, 2].map((n) => `${String(n).padStart(20, '0')}.json`))
  })

  it('of attempts racing at one number exactly one wins, and each knows', async () => {
    await filled(0)
    for (let n = 0; n < 30; n++) {
      const attempts = ['a', 'b', 'c', 'd']
      const answers = await Promise.all(attempts.map((attempt) => commitLog(path).append(TASK, entry(n, attempt))))
      expect(answers.filter((answer) => answer === 'appended')).toHaveLength(1)
      expect((await commitLog(path).head(TASK))?.attempt).toBe(attempts[answers.indexOf('appended')])
    }
  })

  it('leaves what stands alone', async () => {
    await filled(1)
    const before = await readFile(file(0))
    expect(await commitLog(path).append(TASK, entry(0, 'b'))).toBe('exists')
    expect(await readFile(file(0))).toEqual(before)
    expect(await readdir(join(home(), TASK))).toHaveLength(1)
  })

  it('whose answer was lost says appended the second time (3.3)', async () => {
    await filled(0)
    const lost = layer(() => ({ link: (from, to) => nodeFiles.link(from, to).then(() => failing('EIO')) }))
    await expect(commitLog(path, { files: lost }).append(TASK, entry(0))).rejects.toMatchObject({ code: 'LOG_UNUSABLE' })
    expect(await commitLog(path).append(TASK, entry(0))).toBe('appended')
    expect(await commitLog(path).append(TASK, entry(0, 'b'))).toBe('exists')
    // Trying again must not have written into the linked file.
    expect(await commitLog(path).head(TASK)).toEqual(entry(0))
  })

  it('writes, links, syncs the folder, and only then takes the temporary name away', async () => {
    await filled(0)
    const files = layer(() => ({}))
    const log = commitLog(path, { files })
    await log.append(TASK, entry(0))
    files.trace.length = 0
    await log.append(TASK, entry(1))
    const name = `x/${TASK}/${'1'.padStart(20, '0')}.json`
    expect(files.trace).toEqual([
      `writeFile x/${TASK}/.1-a.tmp`,
      `link x/${TASK}/.1-a.tmp ${name}`,
      `syncFolder x/${TASK}`,
      `unlink x/${TASK}/.1-a.tmp`,
    ])
  })

  it('syncs the names of new folders before it settles', async () => {
    await filled(0)
    const files = layer(() => ({}))
    await commitLog(path, { files }).append(TASK, entry(0))
    const link = files.trace.findIndex((call) => call.startsWith('link'))
    expect(files.trace.slice(0, link)).toEqual(expect.arrayContaining([`syncFolder x/${TASK}`, 'syncFolder x']))
  })

  it('a zombie whose temporary file was pruned away learns that it lost', async () => {
    await filled(5)
    const files = layer(() => ({
      link: (from, to) =>
        commitLog(path)
          .prune(TASK, 4)
          .then(() => nodeFiles.link(from, to)),
    }))
    expect(await commitLog(path, { files }).append(TASK, entry(2, 'z'))).toBe('exists')
  })

  it('a number that was pruned can be created again: latest tells (3.5)', async () => {
    const log = await filled(5)
    await log.prune(TASK, 4)
    expect(await commitLog(path).append(TASK, entry(1, 'z'))).toBe('appended')
    expect(await commitLog(path).latest(TASK)).toBe(4)
  })

  it.each([['../x'], ['a/b'], [''], ['.hidden']])('refuses the task %j', async (task) => {
    await expect(async () => commitLog(path).append(task, entry(0))).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  })
})

describe('what was damaged', () => {
  it.each([
    ['torn', (text: string) => text.slice(0, text.length / 2)],
    ['empty', () => ''],
    ['a changed character', (text: string) => text.replace('"at":1', '"at":2')],
    ['a longer end', (text: string) => `${text} `],
    ['another checksum', (text: string) => text.replace(/"sha256":"./, '"sha256":"g')],
    ['invalid UTF-8', (text: string) => text.replace('\u00c3\u00a9', '\u00ff')],
  ])('%s stops with the file and what to do', async (_, damage) => {
    await filled(2)
    // latin1 both ways keeps every byte that is not touched.
    await writeFile(file(1), damage(await readFile(file(1), 'latin1')), 'latin1')
    const refused = { code: 'LOG_DAMAGED', message: expect.stringMatching(/0001\.json.*start over/s) }
    await expect(commitLog(path).head(TASK)).rejects.toMatchObject(refused)
    await expect(numbers()).rejects.toMatchObject(refused)
    await expect(commitLog(path).append(TASK, entry(1))).rejects.toMatchObject(refused)
  })

  it('a copied record stops as well', async () => {
    await filled(2)
    await writeFile(file(2), await readFile(file(1)))
    await expect(commitLog(path).head(TASK)).rejects.toMatchObject({ code: 'LOG_DAMAGED', message: expect.stringContaining('holds record 1') })
  })

  it('an older format is read, and a newer one is not called damage', async () => {
    await filled(1)
    const text = await readFile(file(0), 'utf8')
    await writeFile(file(0), text.replace('"format":2', '"format":1'))
    expect(await commitLog(path).head(TASK)).toEqual(entry(0))
    await writeFile(file(0), text.replace('"format":2', '"format":3'))
    await expect(commitLog(path).head(TASK)).rejects.toMatchObject({ code: 'LOG_UNUSABLE', message: expect.stringContaining('format 3') })
  })
})

describe('durability before acting (3.4)', () => {
  it.each(['head', 'latest', 'read'] as const)('%s syncs the folder after listing it', async (call) => {
    await filled(2)
    const files = layer(() => ({}))
    const log = commitLog(path, { files })
    if (call === 'read') await numbers(-1, log)
    else await log[call](TASK)
    const list = files.trace.indexOf(`readFolder x/${TASK}`)
    const sync = files.trace.lastIndexOf(`syncFolder x/${TASK}`)
    expect(list).toBeGreaterThanOrEqual(0)
    expect(sync).toBeGreaterThan(list)
  })

  it('a record that another process added since is synced too, one that is known is not again', async () => {
    await filled(2)
    const files = layer(() => ({}))
    const log = commitLog(path, { files })
    await log.head(TASK)
    files.trace.length = 0
    await log.head(TASK)
    expect(files.trace.filter((call) => call.startsWith('sync'))).toEqual([])
    await commitLog(path).append(TASK, entry(2))
    expect(await log.latest(TASK)).toBe(2)
    expect(files.trace).toContain(`syncFolder x/${TASK}`)
  })
})

describe('gaps and pruning', () => {
  it('a missing record in the middle is a gap, to be retried, since a zombie may have made a pruned record below it again', async () => {
    await filled(5)
    await unlink(file(2))
    const seen: number[] = []
    const reading = (async () => {
      for await (const { n } of commitLog(path).read(TASK, -1)) seen.push(n)
    })()
    await expect(reading).rejects.toMatchObject({ code: 'LOG_GAP', retryable: true, message: expect.stringContaining('record 2 of tickets-0') })
    expect(seen).toEqual([0, 1])
    expect(await numbers(2)).toEqual([3, 4])
  })

  it('a pruned beginning is a gap for a reader that is behind, never a skip', async () => {
    const log = await filled(5)
    await log.prune(TASK, 3)
    await expect(numbers(-1)).rejects.toMatchObject({ code: 'LOG_GAP', retryable: true })
    await expect(numbers(1)).rejects.toMatchObject({ code: 'LOG_GAP', retryable: true })
    expect(await numbers(2)).toEqual([3, 4])
  })

  it('a reader further than the log is a gap', async () => {
    await filled(2)
    expect(await numbers(1)).toEqual([])
    await expect(numbers(2)).rejects.toMatchObject({ code: 'LOG_GAP' })
  })

  it.each([[Number.POSITIVE_INFINITY], [99], [5], [4]])('pruning below %d keeps the newest', async (below) => {
    const log = await filled(5)
    await log.prune(TASK, below)
    expect((await readdir(join(home(), TASK))).length).toBe(1)
    expect(await log.head(TASK)).toEqual(entry(4))
  })

  it('removes temporary files of what it prunes, and no others', async () => {
    const log = await filled(5)
    for (const name of ['.1-dead.tmp', '.4-live.tmp', '.5-next.tmp', 'note.txt']) await writeFile(join(home(), TASK, name), '')
    await log.prune(TASK, 3)
    const left = await readdir(join(home(), TASK))
    expect(left.filter((name) => !/^0/.test(name)).sort()).toEqual(['.4-live.tmp', '.5-next.tmp', 'note.txt'])
    expect(await log.latest(TASK)).toBe(4)
    await log.prune('nothing-0', 3)
  })
})
