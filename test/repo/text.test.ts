import { expect, test } from 'vitest'
import { read, sources } from './files.ts'

test('every TextDecoder keeps a leading U+FEFF', () => {
  // Put together here, so that this file does not find itself.
  const decoder = new RegExp(`new ${'Text'}Decoder\\(([^)]*)\\)`, 'g')
  const all = sources.flatMap((path) => [...read(path).matchAll(decoder)].map(([made, options]) => ({ path, made, options })))
  expect(all.length).toBeGreaterThan(5)
  expect(all.filter(({ options }) => !options?.includes('ignoreBOM: true')).map(({ path, made }) => `${path}: ${made}`)).toEqual([])
})
