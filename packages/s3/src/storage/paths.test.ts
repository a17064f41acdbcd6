import { expect, test } from 'vitest'
import { checkPath, keyOf, prefixOf } from './paths.ts'

test.each(['', '/', 'a/', '/a', 'a//b', '..', 'a/../b', '.', './a', 'a\\b', 'a\nb', 'a\u0000'])('refuses %j', (path) => {
  expect(() => checkPath(path)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
})

test.each(['a', 'a/b', 'day=2026-01-31/part-x-y-0-0.parquet', '.staging/owner.tickets', 'a..b', 'Größe=1 %2F+'])('takes %j', (path) => {
  expect(checkPath(path)).toBe(path)
})

test('keys and prefixes stand below the place, which may be the whole bucket', () => {
  expect([keyOf('', 'a'), keyOf('p/q', 'a/b')]).toEqual(['a', 'p/q/a/b'])
  expect([prefixOf(''), prefixOf('', 'a'), prefixOf('p'), prefixOf('p', 'a/b')]).toEqual(['', 'a/', 'p/', 'p/a/b/'])
  expect(() => prefixOf('p', '../q')).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
})

test('refuses a key that no store takes before anything is sent', () => {
  expect(keyOf('p', 'é'.repeat(511))).toHaveLength(513)
  expect(() => keyOf('p', 'é'.repeat(512))).toThrow(expect.objectContaining({ code: 'SINK_FAILED', message: expect.stringContaining('1026 bytes') }))
})
