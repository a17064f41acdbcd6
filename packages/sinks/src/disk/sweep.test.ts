import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stagingName, taskStaging } from '@tickets/core/internal'
import { nodeFiles } from '@tickets/core/node'
import { expect, test } from 'vitest'
import { folder, task } from '../../test/helpers.ts'
import { failingOnce } from '../../test/lake-helpers.ts'
import { stagedNumbers } from './staged-ranges.ts'
import { sweepStaging } from './sweep.ts'

test('3.8 removes lower numbers and other attempts at the head, where earlier releases staged too', async () => {
  const target = await folder()
  const folders = [
    ...[
      [1, 'a'],
      [2, 'a'],
      [2, 'b'],
      [3, 'c'],
    ].map(([n, attempt]) => stagingName(task, n as number, attempt as string)),
    stagingName({ ...task, flow: '' }, 0, 'old'),
  ]
  for (const path of folders) {
    await mkdir(join(target, path), { recursive: true })
    await writeFile(join(target, path, 'x.tmp'), '')
  }
  await sweepStaging(nodeFiles, target, task, { n: 2, attempt: 'b' })
  expect(await stagedNumbers(nodeFiles, target, task)).toEqual([2, 3])
  expect(await nodeFiles.readFolder(join(target, taskStaging(task)))).toContain('2-b')
})

test('looks where earlier releases staged only when asked to: no process of theirs stages there while this log runs', async () => {
  const target = await folder()
  const old = stagingName({ ...task, flow: '' }, 0, 'old')
  await mkdir(join(target, old), { recursive: true })
  for (const [earlier, left] of [
    [false, ['0-old']],
    [true, []],
  ] as const) {
    await sweepStaging(nodeFiles, target, task, { n: 2, attempt: 'b' }, earlier)
    expect(await nodeFiles.readFolder(join(target, taskStaging({ ...task, flow: '' })))).toEqual(left)
  }
})

test('nothing staged is nothing to do', async () => {
  await expect(sweepStaging(nodeFiles, await folder(), task, { n: 0, attempt: 'a' })).resolves.toBeUndefined()
})

test('3.8 leaves the tasks of a flow alone that is called as one of them, whatever they are called', async () => {
  const target = await folder()
  const [own, other] = [
    { ...task, flow: 'x', task: 'x' },
    { ...task, flow: 'x', task: '1-0' },
  ]
  for (const of of [own, other]) {
    const path = stagingName(of, 1, 'a')
    await mkdir(join(target, path), { recursive: true })
    await writeFile(join(target, path, 'x.tmp'), '')
  }
  await sweepStaging(nodeFiles, target, own, { n: 2, attempt: 'b' })
  const left = async (of: typeof own) => nodeFiles.readFolder(join(target, taskStaging(of)))
  expect([await left(own), await left(other)]).toEqual([[], ['1-a']])
})

test('a fault is thrown, and the next sweep removes the rest', async () => {
  const target = await folder()
  for (const n of [0, 1]) await mkdir(join(target, stagingName(task, n, 'a')), { recursive: true })
  for (let turn = 0; turn < 2; turn++) {
    const files = failingOnce(turn + 1)
    await expect(sweepStaging(files, target, task, { n: 2, attempt: 'a' })).rejects.toMatchObject({
      code: 'SINK_FAILED',
      message: expect.stringContaining(target),
    })
  }
  await sweepStaging(nodeFiles, target, task, { n: 2, attempt: 'a' })
  expect(await stagedNumbers(nodeFiles, target, task)).toEqual([])
})
