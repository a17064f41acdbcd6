import { expect, test } from 'vitest'
import type { Add } from './actions.ts'
import { TableState } from './table-state.ts'

const add = (path: string, size = 1): { add: Add } => ({ add: { path, partitionValues: {}, size, modificationTime: 0, dataChange: true } })
const remove = (path: string) => ({ remove: { path, dataChange: true } })

test('files come and go, writers move on, and the last schema holds', () => {
  const state = new TableState()
  state.apply(0, [{ protocol: { minReaderVersion: 1, minWriterVersion: 2 } }, add('a'), add('b')])
  state.apply(1, [{ txn: { appId: 'x', version: 4 } }, remove('a'), { commitInfo: {} }])
  state.apply(2, [{ txn: { appId: 'x', version: 5 } }, add('a', 7)])
  expect([state.version, [...state.files.keys()], [...state.txns], [...state.removed.keys()]]).toEqual([2, ['b', 'a'], [['x', 5]], []])
  expect(state.files.get('a')?.size).toBe(7)
  state.apply(3, [remove('b')])
  expect([[...state.files.keys()], [...state.removed.keys()]]).toEqual([['a'], ['b']])
})
