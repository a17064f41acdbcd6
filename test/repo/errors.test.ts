import { expect, test } from 'vitest'
import { importsIn, read, tracked } from './files.ts'

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

test('every warning of the process is listed there', () => {
  const sources = tracked.filter((path) => /^packages\/[^/]+\/src\/.*\.ts$/.test(path) && !path.endsWith('.test.ts'))
  const warnings = new Set(sources.flatMap((path) => [...read(path).matchAll(/code: '(TICKETS_[A-Z_]+)'/g)].map(([, code]) => code ?? '')))
  const [, list = ''] = read('docs/reference/errors.md').split('## Warnings of the process')
  expect([...list.matchAll(/^- `(TICKETS_[A-Z_]+)`/gm)].map(([, code]) => code).sort()).toEqual([...warnings].sort())
})

test('the guard reads the imports of this repository at all', () => {
  expect(importsIn(/^packages\/core\/src\/index\.ts$/).length).toBeGreaterThan(20)
})
