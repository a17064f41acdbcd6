import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type FileLayer, nodeFiles } from '@tickets/core/node'
import { describe, expect, it } from 'vitest'
import { filesIn, folder, taskOf } from '../../test/sink-helpers.ts'
import { checkStaging, Staging } from './staging.ts'

const parts = (...texts: string[]) => texts.map((text) => Buffer.from(text))
const one = { n: 1, attempt: 'a' }

/** The file system, with each call noted, and those that `fails` names failing with a code. */
function noting(fails: Readonly<Record<string, string>> = {}) {
  const calls: string[] = []
  const entries = Object.entries(nodeFiles).map(([name, call]) => [
    name,
    async (path: string, ...more: unknown[]) => {
      calls.push(`${name} ${basename(path)}`)
      const code = fails[name]
      if (code) throw Object.assign(new Error(code), { code })
      return (call as (...args: unknown[]) => Promise<unknown>)(path, ...more)
    },
  ])
  return { files: Object.fromEntries(entries) as FileLayer, calls }
}

describe('a staged range', () => {
  it('is read back as it was written, and is null where there is none', async () => {
    const staging = new Staging(nodeFiles, await folder(), taskOf('log'))
    expect(await staging.read(one)).toBeNull()
    await staging.write(one, parts('a', '', 'bc'))
    expect(String(await staging.read(one))).toBe('abc')
    expect(await staging.read({ n: 1, attempt: 'b' })).toBeNull()
  })

  it('is whole after a second try, whatever the first one left', async () => {
    const staging = new Staging(nodeFiles, await folder(), taskOf('log'))
    await staging.write(one, parts('longer than the second'))
    await staging.write(one, parts('second'))
    expect(String(await staging.read(one))).toBe('second')
  })

  it('keeps its messages until it is noted, durably, that they are in the topic', async () => {
    const { files, calls } = noting()
    const staging = new Staging(files, await folder(), taskOf('log'))
    await staging.write(one, parts('a'))
    await writeFile(staging.pathOf(one, 'send'), '')
    calls.length = 0
    await staging.done(one)
    expect(calls.slice(0, 3)).toEqual(['writeFile 1-a.done', 'syncFolder copy', 'unlink 1-a.tmp'])
    expect([await staging.has(one, 'done'), await staging.has(one, 'send'), await staging.read(one)]).toEqual([true, false, null])
    await staging.drop(one)
  })

  it('keeps its messages where that note cannot be made durable', async () => {
    const path = await folder()
    await new Staging(nodeFiles, path, taskOf('log')).write(one, parts('a'))
    const { files } = noting({ syncFolder: 'EIO' })
    const staging = new Staging(files, path, taskOf('log'))
    await expect(staging.done(one)).rejects.toMatchObject({ code: 'SINK_FAILED' })
    expect(String(await staging.read(one))).toBe('a')
  })

  it('makes the folders above it durable with the first range', async () => {
    const { files, calls } = noting()
    const path = await folder()
    const staging = new Staging(files, path, taskOf('log'))
    await staging.write(one, parts('a'))
    for (const name of ['copy', 'in-0', 'log', '.kafka-staging', basename(path)]) expect(calls).toContain(`syncFolder ${name}`)
    calls.length = 0
    await staging.write({ n: 2, attempt: 'a' }, parts('b'))
    expect(calls.filter((call) => call.startsWith('syncFolder'))).toEqual(['syncFolder copy'])
  })

  it.each([
    ['EIO', true],
    ['ENOENT', true],
    ['EACCES', false],
  ])('that cannot be written because of %s says where, and whether to try again: %s', async (code, retryable) => {
    const staging = new Staging(noting({ writeFile: code }).files, await folder(), taskOf('log'))
    await expect(staging.write(one, parts('a'))).rejects.toMatchObject({
      code: 'SINK_FAILED',
      retryable,
      message: expect.stringContaining(staging.folder),
    })
  })
})

describe('where ranges are staged', () => {
  it('is another folder for each log, task and flow, whatever they are called', async () => {
    const path = await folder()
    const ids = [
      taskOf('log'),
      taskOf('log2'),
      taskOf('log', 'in-1'),
      { ...taskOf('log'), flow: '..' },
      { ...taskOf('log'), flow: 'a/b' },
      { ...taskOf('log'), flow: 'a%2Fb' },
    ]
    const folders = ids.map((id) => new Staging(nodeFiles, path, id).folder)
    expect(new Set(folders).size).toBe(ids.length)
    for (const one of folders) expect(one.slice(path.length + 1).split('/')).toHaveLength(4)
    for (const id of ids) await new Staging(nodeFiles, path, id).write(one, parts(id.flow))
    for (const id of ids) expect(String(await new Staging(nodeFiles, path, id).read(one))).toBe(id.flow)
  })
})

describe('a sweep', () => {
  it('3.8 takes lower numbers and other attempts at the head, of this task alone, and keeps the rest', async () => {
    const path = await folder()
    const staging = new Staging(nodeFiles, path, taskOf('log'))
    await new Staging(nodeFiles, path, taskOf('log', 'in-1')).write({ n: 0, attempt: 'z' }, parts('x'))
    await staging.write({ n: 0, attempt: 'a' }, parts('x'))
    await staging.done({ n: 0, attempt: 'a' })
    for (const [n, attempt] of [
      [1, 'a'],
      [1, 'b'],
      [2, 'c'],
      [10, 'a'],
    ] as const)
      await staging.write({ n, attempt }, parts('x'))
    await writeFile(staging.pathOf({ n: 1, attempt: 'a' }, 'send'), '')
    await writeFile(join(staging.folder, 'notes.txt'), 'of somebody else')
    await staging.sweep({ n: 1, attempt: 'b' })
    expect(await filesIn(path)).toEqual(['0-z.tmp', '1-b.tmp', '10-a.tmp', '2-c.tmp', 'notes.txt'])
  })

  it('finds nothing where nothing was staged', async () => {
    await new Staging(nodeFiles, await folder(), taskOf('log')).sweep(one)
  })
})

describe('checkStaging', () => {
  it('does what staging will do, and leaves no file behind', async () => {
    const path = join(await folder(), 'deep', 'er')
    const { files, calls } = noting()
    await checkStaging(files, path)
    expect(calls.map((call) => call.split(' ')[0])).toEqual(expect.arrayContaining(['writeFile', 'syncFolder', 'unlink']))
    expect(await filesIn(path)).toEqual([])
  })

  it('refuses a folder that cannot be used, by its name', async () => {
    const path = await folder()
    await writeFile(join(path, 'file'), '')
    const unusable = (at: string) => ({ code: 'TARGET_UNUSABLE', message: expect.stringContaining(at) })
    await expect(checkStaging(nodeFiles, join(path, 'file'))).rejects.toMatchObject(unusable(join(path, 'file')))
    await mkdir(join(path, 'full'))
    await expect(checkStaging(noting({ writeFile: 'ENOSPC' }).files, join(path, 'full'))).rejects.toMatchObject(unusable(join(path, 'full')))
    expect(await readdir(join(path, 'full', '.kafka-staging'))).toEqual([])
  })
})
