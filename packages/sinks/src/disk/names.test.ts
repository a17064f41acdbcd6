import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { task } from '../../test/helpers.ts'
import { checkLength, parseRangeFolder, rangeFolder, stagedName, targetPath, taskFolder } from './names.ts'

test('the staging of a range names log, task, number and attempt', () => {
  expect(rangeFolder(task, 3, 'a1')).toBe('.staging/log1/all/tickets-0/3-a1')
  expect(stagedName('kind=a/part-log1-tickets-0-3-1.parquet')).toBe('part-log1-tickets-0-3-1.parquet.tmp')
})

test('flows of any name stage in folders of their own', () => {
  const folderOf = (flow: string) => taskFolder('/data', { ...task, flow })
  expect(folderOf('a/b')).toBe('/data/.staging/log1/a%2fb/tickets-0')
  expect(folderOf('..')).not.toContain('..')
  const long = ['x'.repeat(300), `${'x'.repeat(300)}y`].map(folderOf)
  expect(long[0]).not.toBe(long[1])
  expect(Math.max(...long.flatMap((path) => path.split('/')).map(({ length }) => length))).toBeLessThan(255)
  expect(folderOf('')).toBe('/data/.staging/log1/tickets-0')
})

test('a folder of staged files tells number and attempt; other names tell nothing', () => {
  expect(parseRangeFolder('12-a1')).toEqual({ n: 12, attempt: 'a1' })
  expect(parseRangeFolder('owner.tickets')).toBe(null)
})

test('a path that is too long to be published is refused', () => {
  expect(() => checkLength('/data', `${'x'.repeat(4000)}`)).toThrowError(expect.objectContaining({ code: 'SINK_FAILED' }))
  expect(() => checkLength('/data', 'part-x')).not.toThrow()
})

test('a target is an absolute folder', () => {
  expect(targetPath('data')).toBe(resolve('data'))
  for (const path of ['', ' ', 'a\0b', 's3://shop/tickets'])
    expect(() => targetPath(path)).toThrowError(expect.objectContaining({ code: 'OPTION_INVALID' }))
})
