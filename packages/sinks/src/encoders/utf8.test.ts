import { expect, test } from 'vitest'
import { utf8Chunks } from './utf8.ts'

test('gives the head and every line once, in chunks of a bounded size', () => {
  const line = `${'ü'.repeat(1000)}\n`
  const chunks = utf8Chunks('head\n', 1000, () => line)
  expect(chunks.length).toBeGreaterThan(1)
  expect(Buffer.concat(chunks).toString()).toBe(`head\n${line.repeat(1000)}`)
})

test('gives nothing for nothing', () => {
  expect(utf8Chunks('', 0, () => '')).toEqual([])
})
