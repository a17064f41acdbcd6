import { expect, test } from 'vitest'
import { mysqlDialect } from '../../mysql/dialect/dialect.ts'
import { stagedName, stagedSource } from './staged-source.ts'

test('a path is the name of its column, unless it is too long for one', () => {
  expect(stagedName('user.id')).toBe('user.id')
  const [one, other] = [`${'é'.repeat(40)}.a`, `${'é'.repeat(40)}.b`]
  expect(stagedName(one)).not.toBe(stagedName(other))
  for (const path of [one, 'x'.repeat(61)]) expect(Buffer.byteLength(stagedName(path))).toBeLessThanOrEqual(63)
})

test('a path that was not staged is known to be missing', () => {
  const source = stagedSource(mysqlDialect, '`rows`', ['user.id'], 'at')
  expect([source.has('user.id'), source.has('user.name')]).toEqual([true, false])
  expect(source.at('user.id')).toBe('s.`user.id`')
})
