import { expect, it } from 'vitest'
import type { Acc } from '../aggregate/sets/acc-json.ts'
import { readDictionary } from '../aggregate/sets/text-dictionary.ts'
import { TextSet } from '../aggregate/sets/text-set.ts'
import type { Json } from '../base/json.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { lastTaskRecord, readProgress, writePartials } from './task-record.ts'

it('reads the record with the highest number, and null where there is none', async () => {
  const log = memoryLog()
  expect(await lastTaskRecord(log, 't-0')).toBeNull()
  for (const n of [0, 1]) await log.append('t-0', { n, attempt: 'a', files: {}, body: { from: n, to: n + 1, ended: n === 1 } })
  expect(await lastTaskRecord(log, 't-0')).toMatchObject({ from: 1, to: 2, ended: true })
})

it('gives the merge back the partials that it wrote, each set with its texts, and reads those from before there were sets', () => {
  const set = new TextSet(readDictionary(['AA', 'AJIB', 'CLIENT_102']), 2, 'AA')
  const partial = (key: string, acc: readonly Acc[]) => ({ key, due: 10, closed: true, rows: 3, acc })
  const partials = { 'f/w': [partial('a', [3, set]), partial('b', [1, ['x']])], __proto__x: [partial('c', [{ of: 0 }, set])] }
  const json = JSON.parse(JSON.stringify(writePartials(partials))) as Json & object
  expect(json).toMatchObject({ texts: [['AA', 'AJIB', 'CLIENT_102']] })
  const rest = { watermark: 7, idle: false, ended: true, to: 9 }
  const read = readProgress({ body: { ...json, ...rest, from: 0 } })
  expect(read).toMatchObject(rest)
  expect(JSON.stringify(writePartials(read.partials))).toBe(JSON.stringify(json))
  const old = { ...rest, partials: { 'f/w': [{ ...partial('a', []), acc: [2, ['x', 'y'], { of: 0 }] }] } }
  expect(readProgress({ body: old }).partials).toEqual(old.partials)
  expect(writePartials({})).toEqual({ partials: {} })
})
