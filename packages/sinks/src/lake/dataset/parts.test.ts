import { expect, test } from 'vitest'
import { inOrder, type Part, parsePart, taskOf } from './parts.ts'

test('the name of a published file tells its log, task, range and place', () => {
  expect(parsePart('kind=a/part-log1-my-topic-0-12-3.parquet')).toEqual({
    path: 'kind=a/part-log1-my-topic-0-12-3.parquet',
    folder: 'kind=a',
    log: 'log1',
    task: 'my-topic-0',
    n: 12,
    k: 3,
    extension: 'parquet',
  })
  expect(parsePart('part-x.parquet')).toBe(null)
  expect(taskOf({ log: 'log1', task: 't-0' })).toBe('log1/t-0')
})

test('files are merged in one order: compacted ones first, then by task and range', () => {
  const names = ['part-l-t-1-0-0.jsonl', 'part-l-t-0-10-0.jsonl', 'part-l-t-0-9-1.jsonl', 'part-l-t-0-9-0.jsonl', 'part-l-compact-3-0.jsonl']
  const parts = names.map((name) => parsePart(name) as Part)
  expect(parts.sort(inOrder).map(({ path }) => path)).toEqual([...names].reverse())
})
