import { expect, test } from 'vitest'
import type { LiveFile } from '../manifest/live-files.ts'
import { DeletedRows } from './deleted-rows.ts'
import { DELETE_COLUMNS, positionDeletes } from './position-deletes.ts'

const file = (address: string, sequence: number, bounds?: readonly [string, string]): LiveFile => ({
  address,
  content: bounds ? 1 : 0,
  format: 'PARQUET',
  rows: 9,
  sequence,
  spec: 0,
  partition: [],
  partitionFields: [],
  nulls: new Map(),
  lower: new Map(bounds ? [[DELETE_COLUMNS.path, Buffer.from(bounds[0])]] : []),
  upper: new Map(bounds ? [[DELETE_COLUMNS.path, Buffer.from(bounds[1])]] : []),
})
const [a, b] = [file('a', 1), file('b', 5)]
const bytes = await positionDeletes([
  { address: 'a', positions: Int32Array.of(1, 2) },
  { address: 'b', positions: Int32Array.of(0) },
])
const plain = (found: ReadonlyMap<LiveFile, ReadonlySet<number>>) => [...found].map(([{ address }, rows]) => [address, [...rows]])

test('deletes apply to files of the same commit and to older ones', async () => {
  const of = async (sequence: number) => plain(await new DeletedRows().of([a, b], [file('d', sequence, ['a', 'b'])], async () => bytes))
  const both = [
    ['a', [1, 2]],
    ['b', [0]],
  ]
  expect([await of(4), await of(5), await of(6), await of(0)]).toEqual([[['a', [1, 2]]], both, both, []])
})

test('a file of deletes is read once while the table has it, and not at all where it names none of the files', async () => {
  const rows = new DeletedRows()
  const read: string[] = []
  const reading = async (address: string) => {
    read.push(address)
    return bytes
  }
  const deletes = [file('d', 9, ['a', 'b']), file('other', 9, ['c', 'd']), file('before', 9, ['0', '1'])]
  for (let i = 0; i < 2; i++) expect(plain(await rows.of([a], deletes, reading))).toEqual([['a', [1, 2]]])
  expect(read).toEqual(['d'])
  expect(plain(await rows.of([], deletes, reading))).toEqual([])
  await rows.of([a], [], reading)
  await rows.of([a], deletes, reading)
  expect(read).toEqual(['d', 'd'])
})

test('a file of deletes without bounds is read', async () => {
  const unbound = { ...file('d', 9), content: 1 }
  expect(plain(await new DeletedRows().of([a], [unbound], async () => bytes))).toEqual([['a', [1, 2]]])
})
