import { expect, test } from 'vitest'
import { read, sources, tracked } from './files.ts'

test('every TextDecoder keeps a leading U+FEFF', () => {
  // Put together here, so that this file does not find itself.
  const decoder = new RegExp(`new ${'Text'}Decoder\\(([^)]*)\\)`, 'g')
  const all = sources.flatMap((path) => [...read(path).matchAll(decoder)].map(([made, options]) => ({ path, made, options })))
  expect(all.length).toBeGreaterThan(5)
  expect(all.filter(({ options }) => !options?.includes('ignoreBOM: true')).map(({ path, made }) => `${path}: ${made}`)).toEqual([])
})

test('no file holds the markers of a merge conflict, formatted or not', () => {
  const texts = tracked.filter((path) => /\.(ts|mts|js|mjs|md|json|ya?ml|sql|py|sh)$/.test(path))
  const marker = /^(<{7}|>{7}|\|{7})( |$)|^={7}$|^(> ){4,}|^<<<<<<< /m
  expect(texts.length).toBeGreaterThan(500)
  expect(texts.filter((path) => marker.test(read(path)))).toEqual([])
})
