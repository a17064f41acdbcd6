import { mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type FileLayer, nodeFiles } from '@tickets/core/node'
import { describe, expect, it } from 'vitest'
import { filesIn, folder, taskOf } from '../../test/sink-helpers.ts'
import { checkStaging, Staging } from './staging.ts'

/** The file system with its calls noted; `faults` are thrown once each, in place of the first call that fits. */
function noted(...faults: { call: string; code: string }[]): FileLayer & { readonly calls: string[] } {
  const calls: string[] = []
  const wrap =
    (name: string, act: (...args: unknown[]) => Promise<unknown>) =>
    async (...args: unknown[]) => {
      const call = `${name} ${basename(String(args[0]))}`
      const at = faults.findIndex((fault) => call.startsWith(fault.call))
      const [fault] = at < 0 ? [] : faults.splice(at, 1)
      if (fault) throw Object.assign(new Error(`${fault.code}: injected`), { code: fault.code })
      calls.push(call)
      return act(...args)
    }
  const files = Object.entries(nodeFiles).map(([name, act]) => [name, wrap(name, act as never)])
  return Object.assign(Object.fromEntries(files) as FileLayer, { calls })
}

const parts = [Buffer.from('rows'), Buffer.from(' and more')]
const range = (n: number, attempt = 'a') => ({ n, attempt })

describe('writing a range', () => {
  it('makes its file, its name and its folders durable before it is done, the folders once', async () => {
    const files = noted()
    const path = await folder()
    const staging = new Staging(files, path, taskOf('log'))
    await staging.write(range(0), parts)
    const syncs = () => files.calls.filter((call) => call.startsWith('syncFolder')).map((call) => call.split(' ')[1])
    expect(files.calls.indexOf('writeFile 0-a.tmp')).toBeLessThan(files.calls.indexOf('syncFolder copy'))
    expect(syncs()).toEqual(expect.arrayContaining(['copy', 'in-0', 'log', '.kafka-staging', basename(path)]))
    files.calls.length = 0
    await staging.write(range(1), parts)
    expect(syncs()).toEqual(['copy'])
    expect(String(await staging.read(range(1)))).toBe('rows and more')
  })

  it('makes durable what another writer of the task made and may not have', async () => {
    const path = await folder()
    await new Staging(nodeFiles, path, taskOf('log')).write(range(0), parts)
    const files = noted()
    await new Staging(files, path, taskOf('log')).write(range(1), parts)
    expect(files.calls).toEqual(expect.arrayContaining(['syncFolder copy', 'syncFolder in-0', 'syncFolder log', 'syncFolder .kafka-staging']))
  })

  it.each([
    ['writeFile', 'EIO', true],
    ['writeFile', 'ENOENT', true],
    ['writeFile', 'EACCES', false],
    // Once an fsync has failed, the next one says nothing.
    ['syncFolder copy', 'EIO', false],
    ['syncFolder in-0', 'EIO', false],
    ['syncFolder copy', 'ENOENT', true],
    ['makeFolder', 'EIO', false],
  ])('%s that fails with %s may be tried again: %s', async (call, code, retryable) => {
    const path = await folder()
    const staging = new Staging(noted({ call, code }), path, taskOf('log'))
    await expect(staging.write(range(0), parts)).rejects.toMatchObject({ code: 'SINK_FAILED', retryable })
    await staging.write(range(0, 'b'), parts)
    expect(String(await staging.read(range(0, 'b')))).toBe('rows and more')
  })

  it('makes the folders durable the next time, where one fault came between', async () => {
    const files = noted({ call: 'syncFolder log', code: 'EIO' })
    const staging = new Staging(files, await folder(), taskOf('log'))
    await expect(staging.write(range(0), parts)).rejects.toMatchObject({ code: 'SINK_FAILED' })
    files.calls.length = 0
    await staging.write(range(0, 'b'), parts)
    expect(files.calls).toContain('syncFolder log')
  })

  it('is whole after a second try, whatever the first one left', async () => {
    const staging = new Staging(nodeFiles, await folder(), taskOf('log'))
    expect(await staging.read(range(0))).toBeNull()
    await staging.write(range(0), [Buffer.from('longer than the second')])
    await staging.write(range(0), [Buffer.from('second')])
    expect(String(await staging.read(range(0)))).toBe('second')
  })

  it('stays within its folder, whatever log, task and flow are called', async () => {
    const path = await folder()
    const names = ['..', '.', 'a/b', '../../x', 'ü', '%2E']
    const folders = new Set<string>()
    for (const name of names)
      for (const task of [
        { logId: name, task: 't', flow: 'f' },
        { logId: 'l', task: name, flow: 'f' },
        { logId: 'l', task: 't', flow: name },
      ]) {
        const staging = new Staging(nodeFiles, path, task)
        expect(dirname(dirname(dirname(staging.folder)))).toBe(join(path, '.kafka-staging'))
        folders.add(staging.folder)
        await staging.write(range(0), [Buffer.from(JSON.stringify(task))])
        expect(JSON.parse(String(await staging.read(range(0))))).toEqual(task)
      }
    expect(folders.size).toBe(3 * names.length)
  })
})

describe('a range that is in the topic', () => {
  it('is noted durably before its messages go', async () => {
    const files = noted()
    const staging = new Staging(files, await folder(), taskOf('log'))
    await staging.write(range(0), parts)
    await writeFile(staging.pathOf(range(0), 'send'), '')
    files.calls.length = 0
    await staging.done(range(0))
    expect(files.calls).toEqual(['writeFile 0-a.done', 'syncFolder copy', 'unlink 0-a.tmp', 'unlink 0-a.send'])
    expect([await staging.has(range(0), 'done'), await staging.has(range(0), 'send'), await staging.read(range(0))]).toEqual([true, false, null])
    await staging.drop(range(0))
  })

  it.each(['writeFile 0-a.done', 'syncFolder copy'])('keeps its messages where %s fails', async (call) => {
    const path = await folder()
    await new Staging(nodeFiles, path, taskOf('log')).write(range(0), parts)
    const staging = new Staging(noted({ call, code: 'EIO' }), path, taskOf('log'))
    await expect(staging.done(range(0))).rejects.toMatchObject({ code: 'SINK_FAILED', retryable: false })
    expect(String(await staging.read(range(0)))).toBe('rows and more')
  })

  it('is done though another process has swept its messages', async () => {
    const staging = new Staging(noted({ call: 'unlink', code: 'ENOENT' }, { call: 'unlink', code: 'ENOENT' }), await folder(), taskOf('log'))
    await staging.write(range(0), parts)
    await staging.done(range(0))
    expect(await staging.has(range(0), 'done')).toBe(true)
  })

  it.each([
    ['done', 'writeFile', 'ENOENT', true],
    ['drop', 'unlink', 'EIO', false],
    ['read', 'readFile', 'EIO', false],
    ['has', 'stat', 'EIO', false],
    ['sweep', 'readFolder', 'EIO', false],
    ['sweep', 'unlink', 'EIO', false],
  ] as const)('tells of %s that %s failed with %s', async (what, call, code, retryable) => {
    const files = noted()
    const path = await folder()
    await new Staging(files, path, taskOf('log')).write(range(0), parts)
    const staging = new Staging(noted({ call, code }), path, taskOf('log'))
    const act = () => (what === 'has' ? staging.has(range(0), 'done') : staging[what](what === 'sweep' ? range(1) : range(0)))
    await expect(act()).rejects.toMatchObject({ code: 'SINK_FAILED', retryable, message: expect.stringContaining(staging.folder) })
    await act()
  })
})

it('3.8 a sweep removes lower numbers and other attempts at the number, and nothing else', async () => {
  const path = await folder()
  const staging = new Staging(nodeFiles, path, taskOf('log'))
  await staging.sweep(range(3))
  await mkdir(staging.folder, { recursive: true })
  const gone = ['0-a.done', '2-a.tmp', '2-b-c.send', '3-b.tmp', '3-b.done']
  await new Staging(nodeFiles, path, taskOf('log', 'in-1')).write(range(0, 'z'), parts)
  const kept = ['0-z.tmp', '10-a.tmp', '3-a.done', '3-a.tmp', '4-b.tmp', 'notes.txt', 'x-0-a.tmp']
  for (const name of [...gone, ...kept.slice(1)]) await writeFile(join(staging.folder, name), '')
  for (let turn = 0; turn < 2; turn++) {
    await staging.sweep(range(3))
    expect(await filesIn(path)).toEqual(kept)
  }
})

describe('the check before a run', () => {
  it('tries what staging will do, and leaves nothing', async () => {
    const files = noted()
    const path = join(await folder(), 'deep', 'er')
    await checkStaging(files, path)
    expect(files.calls.filter((call) => /trial/.test(call)).map((call) => call.split(' ')[0])).toEqual(['writeFile', 'unlink'])
    expect(files.calls).toContain('syncFolder .kafka-staging')
    expect(await filesIn(path)).toEqual([])
  })

  it.each(['makeFolder', 'writeFile', 'syncFolder', 'unlink'])('says where %s does not work', async (call) => {
    const path = await folder()
    await expect(checkStaging(noted({ call, code: 'EACCES' }), path)).rejects.toMatchObject({
      code: 'TARGET_UNUSABLE',
      message: expect.stringContaining(path),
    })
  })

  it('says where a file stands in the way', async () => {
    const path = join(await folder(), 'file')
    await writeFile(path, '')
    await expect(checkStaging(nodeFiles, path)).rejects.toMatchObject({ code: 'TARGET_UNUSABLE', message: expect.stringContaining(path) })
  })
})
