import { expect, test } from 'vitest'
import { importsIn, read } from './files.ts'

const union = /export type ErrorCode =\s*((?:\|\s*'[A-Z_]+'\s*)+)/.exec(read('packages/core/src/base/errors.ts'))?.[1] ?? ''
const codes = [...union.matchAll(/'([A-Z_]+)'/g)].map(([, code]) => code ?? '')

test('every error code has a paragraph in docs/reference/errors.md, and no other', () => {
  expect(codes.length).toBeGreaterThan(20)
  const sections = read('docs/reference/errors.md')
    .split(/^### /m)
    .slice(1)
    .map((section) => section.split('\n'))
  expect(sections.map(([title]) => title).sort()).toEqual([...codes].sort())
  for (const [title, ...text] of sections) expect(text.join(' ').trim().length, title).toBeGreaterThan(60)
})

test('the guard reads the imports of this repository at all', () => {
  expect(importsIn(/^packages\/core\/src\/index\.ts$/).length).toBeGreaterThan(20)
})
