import { expect, test } from 'vitest'
import type { Action } from './actions.ts'
import { checkpointFile, readCheckpoint } from './checkpoint.ts'
import { TableState } from './table-state.ts'

const metaData = {
  id: '8d7a',
  format: { provider: 'parquet', options: {} },
  schemaString: '{"type":"struct","fields":[]}',
  partitionColumns: ['year', 'größe'],
  configuration: { 'delta.appendOnly': 'true' },
  createdTime: 1_700_000_000_123,
}
const file = { partitionValues: { year: '2026', größe: null }, size: 2 ** 40, modificationTime: 1_700_000_000_000, stats: '{"numRecords":3}' }
const commits: Action[][] = [
  [{ protocol: { minReaderVersion: 1, minWriterVersion: 2 } }, { metaData }],
  [
    { txn: { appId: 'log/task/flow', version: 41 } },
    { add: { path: 'a', dataChange: true, ...file } },
    { add: { path: 'b', dataChange: true, ...file } },
  ],
  [{ remove: { path: 'a', deletionTimestamp: 1000, dataChange: true } }, { remove: { path: 'z', deletionTimestamp: 3000, dataChange: true } }],
]

test('a table that is read from a checkpoint is the table that was written to it, without what was removed long ago', async () => {
  const state = new TableState()
  for (const [version, actions] of commits.entries()) state.apply(version, actions)
  const { parts, actions } = await checkpointFile(state, 2000)
  const read = await readCheckpoint(Buffer.concat(parts as Uint8Array[]))
  expect([actions, read.length]).toEqual([5, 5])
  const again = new TableState()
  again.apply(2, read)
  expect(again.protocol).toMatchObject({ minReaderVersion: 1, minWriterVersion: 2 })
  expect(again.metaData).toMatchObject(metaData)
  expect([...again.txns]).toEqual([['log/task/flow', 41]])
  expect([...again.files.values()]).toEqual([expect.objectContaining({ path: 'b', ...file, dataChange: false })])
  expect([...again.removed.keys()]).toEqual(['z'])
})
