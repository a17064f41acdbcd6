import { link } from 'node:fs/promises'
import { join } from 'node:path'
import { nodeFiles } from '@tickets/core/node'
import { expect, test } from 'vitest'
import { withFiles } from '../../test/helpers.ts'
import { isPublishing, stagedNumbers } from './staged-ranges.ts'

const of = (task: string, flow: string, logId = 'log1') => ({ logId, task, flow })

test('finds what a task has staged, in the folder of its flow and where earlier releases had it', async () => {
  const target = await withFiles('.staging/log1/all/t-0/2-a1/x.tmp', '.staging/log1/t-0/1-a0/x.tmp', '.staging/log1/all/t-1/9-a1/x.tmp')
  expect(await stagedNumbers(nodeFiles, target, of('t-0', 'all'))).toEqual([1, 2])
  expect(await stagedNumbers(nodeFiles, target, of('t-0', 'other'))).toEqual([1])
  expect([...(await stagedNumbers(nodeFiles, target, of('t-0', '')))].sort()).toEqual([1, 2])
  expect(await stagedNumbers(nodeFiles, target, of('t-0', 'all', 'log2'))).toEqual([])
})

test('a range is being published while one of its files has its name and another is staged only', async () => {
  const [a, b] = ['part-log1-t-0-2-0.jsonl', 'part-log1-t-0-2-1.jsonl']
  const target = await withFiles(...[a, b].map((name) => `.staging/log1/all/t-0/2-a1/${name}.tmp`))
  const published = async (...names: string[]) => isPublishing(nodeFiles, target, of('t-0', ''), 2, new Map(names.map((name) => [name, name])))
  expect(await published()).toBe(false)
  await link(join(target, '.staging/log1/all/t-0/2-a1', `${a}.tmp`), join(target, a))
  expect(await published(a)).toBe(true)
  await link(join(target, '.staging/log1/all/t-0/2-a1', `${b}.tmp`), join(target, b))
  expect(await published(a, b)).toBe(false)
})

test('files of another attempt say nothing about the range that is published', async () => {
  const [a, b] = ['part-log1-t-0-2-0.jsonl', 'part-log1-t-0-2-1.jsonl']
  const target = await withFiles(a, ...[a, b].map((name) => `.staging/log1/all/t-0/2-zombie/${name}.tmp`))
  expect(await isPublishing(nodeFiles, target, of('t-0', ''), 2, new Map([[a, a]]))).toBe(false)
})
