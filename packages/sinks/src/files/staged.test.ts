import { expect, test } from 'vitest'
import { fromStaged, toStaged } from './staged.ts'

const range = { staging: '.staging/log1/all/t-0/3-a1', files: [{ name: 'kind=a/part-log1-t-0-3-0.jsonl', rows: 1, bytes: 2, crc32: 3 }] }

test('an entry is read back as it was written, after its way through JSON', () => {
  expect(fromStaged(JSON.parse(JSON.stringify(toStaged(range))), '/data')).toEqual(range)
})

test.each([
  [{ ...range, staging: '../elsewhere' }],
  [{ ...range, staging: '.staging/../../x' }],
  [{ ...range, files: [{ name: '../part-x.jsonl', rows: 1, bytes: 1 }] }],
  [{ ...range, files: 'none' }],
  [{}],
])('an entry that would lead out of the target is refused: %j', (entry) => {
  expect(() => fromStaged(entry as never, '/data')).toThrowError(
    expect.objectContaining({ code: 'LOG_DAMAGED', message: expect.stringContaining('/data') }),
  )
})
