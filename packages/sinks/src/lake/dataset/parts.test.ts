import { type PartName, parsePart } from '@tickets/core/internal'
import { expect, test } from 'vitest'
import { inOrder, taskOf } from './parts.ts'

test('a task is known by its log and its name', () => {
  expect(taskOf({ log: 'log1', task: 't-0' })).toBe('log1/t-0')
})

test('files are merged in one order: compacted ones first, then by task and range', () => {
  const names = ['part-l-t-1-0-0.jsonl', 'part-l-t-0-10-0.jsonl', 'part-l-t-0-9-1.jsonl', 'part-l-t-0-9-0.jsonl', 'part-l-compact-3-0.jsonl']
  const parts = names.map((name) => parsePart(name) as PartName)
  expect(parts.sort(inOrder).map(({ path }) => path)).toEqual([...names].reverse())
})
