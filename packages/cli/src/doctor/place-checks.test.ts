import { chmod, cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nodeFiles } from '@tickets/core/node'
import { expect, test } from 'vitest'
import { folder, lake, ticket } from '../log/logs.fixture.ts'
import { diskFindings, logChecks, targetChecks } from './place-checks.ts'

const lines = [0, 1].map((i) => JSON.stringify(ticket(i)))

test('a log and its targets that are in order are fine, and nothing is changed', async () => {
  const { dir, run } = await lake(lines)
  await run()
  const before = await readdir(dir, { recursive: true })
  expect(await logChecks(join(dir, 'log'))).toMatchObject({ fine: { log: `"lake" in ${join(dir, 'log')}` }, findings: [], logId: expect.any(String) })
  expect(await targetChecks(join(dir, 'other'))).toEqual({ fine: { target: join(dir, 'other') }, findings: [] })
  expect((await logChecks(join(dir, 'none'))).fine).toEqual({ log: `${join(dir, 'none')} has no log yet, and can hold one` })
  expect((await readdir(dir, { recursive: true })).sort()).toEqual(before.sort())
})

test('a target that is gone, one of another log, and a log that is older than its target', async () => {
  const { dir, run } = await lake(lines)
  await run()
  const older = join(dir, 'older')
  await cp(join(dir, 'log'), older, { recursive: true })
  await writeFile(join(dir, 'tickets.jsonl'), [...lines, JSON.stringify(ticket(2))].map((line) => `${line}\n`).join(''))
  await run()
  expect((await logChecks(older)).findings).toMatchObject([
    { check: 'target', problem: expect.stringContaining('LOG_BEHIND') },
    { problem: expect.stringContaining('LOG_BEHIND') },
  ])
  await rm(join(dir, 'hourly'), { recursive: true })
  expect((await logChecks(join(dir, 'log'))).findings).toMatchObject([{ check: 'target', problem: 'the target of flow "hourly" is gone' }])
  await rm(join(dir, 'log'), { recursive: true })
  await run('overwrite')
  expect((await logChecks(older)).findings).toMatchObject([
    { problem: expect.stringContaining('TARGET_OWNED'), fix: expect.stringMatching(/^delete this log/) },
    { problem: expect.stringContaining('TARGET_OWNED') },
    { fix: expect.stringMatching(/^continue with that log, .*'overwrite'$/) },
  ])
})

test('a place that cannot be written to, and a damaged record', async () => {
  const dir = await folder()
  await writeFile(join(dir, 'file'), 'x')
  expect((await targetChecks(join(dir, 'file', 'below'))).findings).toMatchObject([{ check: 'target', fix: expect.stringMatching(/\w/) }])
  const { dir: other, run } = await lake(lines)
  await run()
  await writeFile(join(other, 'log', 'pipeline.json'), '{}')
  expect((await logChecks(join(other, 'log'))).findings).toMatchObject([{ check: 'log', problem: expect.stringContaining('LOG_DAMAGED') }])
  // Who may write everywhere cannot be refused.
  if (process.getuid?.() === 0) return
  await mkdir(join(dir, 'closed'))
  await chmod(join(dir, 'closed'), 0o500)
  expect((await logChecks(join(dir, 'closed', 'log'))).findings).toMatchObject([
    { check: 'log', fix: expect.stringContaining('right to read and write') },
  ])
})

test('a disk that is nearly full is named, one with room is not', () => {
  const room = (bavail: number, blocks: number) => () => ({ bavail, blocks, bsize: 4096 })
  expect(diskFindings('.', room(100_000, 1_000_000))).toEqual([])
  expect(diskFindings('.', room(1_000_000, 100_000_000))).toEqual([])
  expect(diskFindings('.', room(10_000, 1_000_000))).toMatchObject([{ check: 'disk', seen: '39 MiB are free, 1 %' }])
})

test('a file system without links, one whose links replace, and one that does not keep what is written', async () => {
  const dir = await folder()
  const fault = (code: string) => async () => {
    throw Object.assign(new Error(code), { code })
  }
  const seen = async (files: Partial<typeof nodeFiles>) => (await logChecks(join(dir, 'log'), { ...nodeFiles, ...files })).findings
  expect(await seen({})).toEqual([])
  expect(await seen({ link: fault('EPERM') })).toMatchObject([
    { check: 'log', seen: expect.stringContaining('cannot link files (EPERM)'), fix: 'put the log on a local disk' },
  ])
  const replacing = async (from: string, to: string) => {
    await rm(to, { force: true })
    await nodeFiles.link(from, to)
  }
  expect(await seen({ link: replacing })).toMatchObject([
    { check: 'log', problem: expect.stringContaining('LOG_UNUSABLE'), fix: expect.stringMatching(/\w/) },
  ])
  expect(await seen({ syncFolder: fault('EIO') })).toMatchObject([{ check: 'log', problem: expect.stringContaining('LOG_UNUSABLE') }])
  expect(await readdir(dir)).toEqual([])
})
