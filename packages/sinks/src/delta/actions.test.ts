import { expect, test } from 'vitest'
import { type Action, commitText, parseCommit, toPath } from './actions.ts'

test('a commit is read as it was written, a line an action', () => {
  const actions: Action[] = [{ commitInfo: { operation: 'WRITE' } }, { txn: { appId: 'a', version: 1 } }]
  expect(commitText(actions)).toBe('{"commitInfo":{"operation":"WRITE"}}\n{"txn":{"appId":"a","version":1}}\n')
  expect(parseCommit(commitText(actions), 'x')).toEqual(actions)
  expect(parseCommit('\n', 'x')).toEqual([])
})

test('a file that is no commit is refused by its name', () => {
  expect(() => parseCommit('{"add":', 'data/_delta_log/0.json')).toThrow('data/_delta_log/0.json is no commit of a Delta table')
})

test('paths are encoded name by name, those of folders that Hive has encoded once more', () => {
  expect(toPath('part-1.parquet')).toBe('part-1.parquet')
  expect(toPath('a%2Fb=é ü/part-1.parquet')).toBe('a%252Fb=%C3%A9%20%C3%BC/part-1.parquet')
})
