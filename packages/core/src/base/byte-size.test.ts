import { expect, test } from 'vitest'
import { byteSize, sizeInWords } from './byte-size.ts'

test.each([
  ['1 GB', 1e9],
  ['1.5GiB', 1.5 * 2 ** 30],
  [' 512 mb ', 512e6],
  ['64 KiB', 65_536],
  ['7 B', 7],
  [1024, 1024],
])('%s is a size', (value, bytes) => {
  expect(byteSize(value, 'stateLimit')).toBe(bytes)
})

test.each([[0], [-1], [1.5], ['1'], ['GB'], ['0 GB'], ['1 light year'], ['1e3 GB'], [Number.NaN], [null as never]])('%s is none', (value) => {
  expect(() => byteSize(value, 'stateLimit')).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining('stateLimit is a size') }),
  )
})

test('bytes in words have three digits', () => {
  expect([999, 1000, 1_234_567, 1_020_000_000, 12e12].map(sizeInWords)).toEqual(['999 bytes', '1 kB', '1.23 MB', '1.02 GB', '12000 GB'])
})
