import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { nodeFiles } from '@tickets/core/node'
import { expect, test } from 'vitest'
import { folder, published, tree } from '../../test/helpers.ts'
import { copyOf, failingOnce, layer } from '../../test/lake-helpers.ts'
import { publishRange } from './publish.ts'

const content = Buffer.from('rows\n')
const name = 'kind=a/part-log1-t-0-0-0.jsonl'
const range = { staging: '.staging/log1/all/t-0/0-a1', files: [{ name, rows: 1, bytes: content.length, crc32: crc32(content) }] }

async function staged(bytes = content): Promise<string> {
  const target = await folder()
  await mkdir(join(target, range.staging), { recursive: true })
  await writeFile(join(target, range.staging, 'part-log1-t-0-0-0.jsonl.tmp'), bytes)
  return target
}

test('3.7 a staged file becomes visible, its staged name goes, and publishing again changes nothing', async () => {
  const target = await staged()
  for (let i = 0; i < 2; i++) await publishRange(nodeFiles, target, range)
  expect(await published(target)).toEqual([name])
  expect(await readFile(join(target, name), 'utf8')).toBe('rows\n')
  expect((await tree(target)).filter((path) => path.endsWith('.tmp'))).toEqual([])
})

test.each([
  ['a size', Buffer.from('rows'), 'bytes instead of'],
  ['a content', Buffer.from('rowz\n'), 'checksum'],
])('3.13 a staged file with %s that was not recorded is not published', async (_, bytes, why) => {
  const target = await staged(bytes)
  await expect(publishRange(nodeFiles, target, range)).rejects.toMatchObject({ code: 'STAGED_DAMAGED', message: expect.stringContaining(why) })
  expect(await published(target)).toEqual([])
})

test('3.7 a file that is neither staged nor published is an error', async () => {
  await expect(publishRange(nodeFiles, await folder(), range)).rejects.toMatchObject({ code: 'STAGED_LOST' })
})

const names = ['part-log1-t-0-0-0.jsonl', 'kind=a/day=1/part-log1-t-0-0-1.jsonl', 'kind=a/day=2/part-log1-t-0-0-2.jsonl']
const several = { staging: range.staging, files: names.map((file) => ({ name: file, rows: 1, bytes: content.length, crc32: crc32(content) })) }

/** A target with all of them staged. */
async function stagedSeveral(): Promise<string> {
  const target = await staged()
  for (const k of [1, 2]) await writeFile(join(target, range.staging, `part-log1-t-0-0-${k}.jsonl.tmp`), content)
  return target
}

test('the names and those of their folders are durable before a staged name goes', async () => {
  const calls: string[] = []
  const target = await stagedSeveral()
  const files = layer((call, act, [path]) => {
    calls.push(`${call} ${String(path).slice(target.length + 1)}`)
    return act()
  })
  await publishRange(files, target, several)
  const at = (call: string) => calls.findLastIndex((one) => one.startsWith(call))
  const unlinked = calls.findIndex((call) => call.startsWith('unlink'))
  for (const path of ['', 'kind=a', 'kind=a/day=1', 'kind=a/day=2']) {
    const synced = calls.indexOf(`syncFolder ${path}`)
    expect(synced, path).toBeGreaterThan(at('link'))
    expect(synced, path).toBeLessThan(unlinked)
  }
  // Whoever published them may have died before the names were durable.
  calls.length = 0
  await publishRange(files, target, several)
  expect(calls.filter((call) => call.startsWith('syncFolder'))).toHaveLength(4)
})

test.each([false, true])('one passing EIO at any call, done all the same: %s, and one more at the next try: each file once', async (isDone) => {
  const made = await stagedSeveral()
  const whole = failingOnce(Number.POSITIVE_INFINITY)
  await publishRange(whole, await copyOf(made), several)
  for (let at = 1; at <= whole.calls.length; at++) {
    const target = await copyOf(made)
    for (const next of [at, Math.max(1, whole.calls.length - at)])
      await publishRange(failingOnce(next, isDone), target, several).catch((error: unknown) => expect(error).toMatchObject({ code: 'SINK_FAILED' }))
    await publishRange(nodeFiles, target, several)
    expect(await published(target), `call ${at}`).toEqual([...names].sort())
    for (const file of names) expect(await readFile(join(target, file), 'utf8')).toBe('rows\n')
    expect((await tree(target)).filter((path) => path.includes('0-a1'))).toEqual([])
  }
})

test('3.13 whoever wrote the files compares their size alone, and whoever recovers reads them', async () => {
  const other = Buffer.from('rowz\n')
  await publishRange(nodeFiles, await staged(other), range, true)
  await expect(publishRange(nodeFiles, await staged(Buffer.from('row')), range, true)).rejects.toMatchObject({ code: 'STAGED_DAMAGED' })
  // Earlier releases recorded no checksum.
  const { crc32: _, ...file } = range.files[0] as (typeof range.files)[0]
  await publishRange(nodeFiles, await staged(other), { ...range, files: [file] })
})

test('a file of the same content under the name is taken for ours, and one of other bytes is not', async () => {
  for (const [bytes, outcome] of [
    [content, 'published'],
    [Buffer.from('rowz\n'), 'SINK_FAILED'],
    [Buffer.from('rows\n\n'), 'SINK_FAILED'],
  ] as const) {
    const target = await staged()
    await mkdir(join(target, 'kind=a'))
    await writeFile(join(target, name), bytes)
    const end = await publishRange(nodeFiles, target, range).then(
      () => 'published',
      (error: { code: string }) => error.code,
    )
    expect([end, await readFile(join(target, name))]).toEqual([outcome, bytes])
  }
})

test('a folder that is taken away again and again is made again, five times at most', async () => {
  for (const [times, outcome] of [
    [4, 'published'],
    [5, 'SINK_FAILED'],
  ] as const) {
    let left: number = times
    const target = await staged()
    const files = layer(async (call, act) => {
      if (call === 'link' && left-- > 0) {
        await nodeFiles.removeFolder(join(target, 'kind=a'))
        return act()
      }
      return act()
    })
    const end = await publishRange(files, target, range).then(
      () => 'published',
      (error: { code: string }) => error.code,
    )
    expect(end).toBe(outcome)
  }
})

test.each(['EACCES', 'EIO'])('%s while linking is thrown at once', async (code) => {
  let links = 0
  const files = layer(async (call, act) => {
    if (call === 'link' && ++links > 0) throw Object.assign(new Error(code), { code })
    return act()
  })
  const target = await staged()
  await expect(publishRange(files, target, range)).rejects.toMatchObject({ code: 'SINK_FAILED', message: expect.stringContaining(target) })
  expect([links, await published(target)]).toEqual([1, []])
})
