import { expect, test } from 'vitest'
import { readIndexPath } from './index-path.ts'

test.each([
  [[0], [0], 1],
  [[2, 0], [0], 2],
  [[2, 4], [2], 2],
  [[4, 2, 0xac, 2], [1, 150], 4],
])('%j is the path %j', (bytes, path, at) => {
  expect(readIndexPath(Uint8Array.from([...bytes, 9]), 0, bytes.length + 1)).toEqual({ path, at })
})

test.each([
  [[], 'ends too early'],
  [[2], 'ends too early'],
  [[0x80], 'ends too early'],
  [[1], '-1 levels deep'],
  [[0xff, 0x7f], 'levels deep'],
  [[0x80, 0x80, 0x80, 0x80, 1], 'too large'],
])('%j is invalid', (bytes, message) => {
  expect(() => readIndexPath(Uint8Array.from(bytes), 0, bytes.length)).toThrow(message)
})
