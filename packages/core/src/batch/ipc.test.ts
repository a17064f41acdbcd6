import { tableFromIPC } from 'apache-arrow'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { defineSchema } from '../schema/define.ts'
import { instant } from '../values/instant.ts'
import { Batch } from './batch.ts'
import { ipcFile, ipcStream } from './ipc.ts'

const Row = defineSchema(z.object({ at: instant(), kind: z.enum(['a', 'é']).nullable(), n: z.int32().optional() }), { name: 'row', time: 'at' })
const rows = [
  { at: new Date(0), kind: 'é' as const, n: 1 },
  { at: new Date(1), kind: null },
  { at: new Date(2), kind: 'a' as const, n: 3 },
]

test.each([
  ['a stream', ipcStream],
  ['a file', ipcFile],
])('%s holds all batches with enums as text, and the footer as metadata', (_what, write) => {
  const table = tableFromIPC(write(Row, [Batch.of(Row, rows.slice(0, 2)), Batch.of(Row, rows.slice(2))], new Map([['tickets.schema', 'row']])))
  expect([...table].map((row) => row.toJSON())).toEqual([
    { at: 0, kind: 'é', n: 1 },
    { at: 1, kind: null, n: null },
    { at: 2, kind: 'a', n: 3 },
  ])
  expect(String(table.schema.fields[1]?.type)).toBe('Utf8')
  expect(table.schema.metadata.get('tickets.schema')).toBe('row')
})

test('no batch at all gives the columns', () => {
  const table = tableFromIPC(ipcStream(Row, []))
  expect([table.numRows, table.schema.fields.map(({ name }) => name)]).toEqual([0, ['at', 'kind', 'n']])
})
