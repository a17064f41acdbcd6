import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { checkLength, isTemporaryName, stagedName, targetPath, temporaryName } from './names.ts'

test('a staged file is called by its own name, without folders', () => {
  expect(stagedName('kind=a/part-log1-tickets-0-3-1.parquet')).toBe('part-log1-tickets-0-3-1.parquet.tmp')
})

test('temporary files are known by their names', () => {
  const name = temporaryName('kind=a/rewritten-1.parquet')
  expect([name, '.commit-x.tmp', 'part-0.parquet', `${name}.crc`].map(isTemporaryName)).toEqual([true, false, false, false])
  expect(name).toMatch(/^\.commit-rewritten-1\.parquet-/)
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
