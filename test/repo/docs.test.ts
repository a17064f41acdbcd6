import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { read, root, tracked } from './files.ts'
import { anchorsOf, linksOf, pages, proseOf } from './pages.ts'

describe('links', () => {
  test('each leads to a file and an anchor that are there', () => {
    const dead = pages.flatMap((page) =>
      linksOf(page)
        .filter(({ to, anchor }) => !existsSync(join(root, to)) || (anchor !== '' && to.endsWith('.md') && !anchorsOf(to).has(anchor)))
        .map(({ to, anchor }) => `${page} → ${to}#${anchor}`),
    )
    expect(dead).toEqual([])
  })

  test('each page is two clicks away from the README at the most', () => {
    const first = linksOf('README.md').map(({ to }) => to)
    const second = first.filter((path) => path.endsWith('.md')).flatMap((path) => linksOf(path).map(({ to }) => to))
    const reached = new Set(['README.md', ...first, ...second])
    expect(pages.filter((page) => !reached.has(page))).toEqual([])
  })
})

describe('prose', () => {
  test('the README has at most 120 lines', () => {
    expect(read('README.md').split('\n').length - 1).toBeLessThanOrEqual(120)
  })

  test('no table is wider than 300 characters', () => {
    const wide = pages.flatMap((page) =>
      read(page)
        .split('\n')
        .map((line, i) => ({ at: `${page}:${i + 1}`, line }))
        .filter(({ line }) => line.startsWith('|') && line.length > 300),
    )
    expect(wide.map(({ at }) => at)).toEqual([])
  })

  test('docs and comments use none of the words that the style replaces', () => {
    const comments = (path: string) =>
      read(path)
        .match(/\/\*\*?[\s\S]*?\*\/|\/\/.*$/gm)
        ?.join('\n') ?? ''
    const code = tracked.filter((path) => /^packages\/[^/]+\/src\/.*\.ts$/.test(path))
    const found = [...pages.map((path) => [path, proseOf(path)] as const), ...code.map((path) => [path, comments(path)] as const)].flatMap(
      ([path, text]) => replaced.filter((phrase) => phrase.test(text)).map((phrase) => `${path}: ${phrase.source}`),
    )
    expect(found).toEqual([])
  })
})

/** What a reader of Kafka Streams or Spark would stop at, and what English does not say so. */
const replaced = [
  /the way of the data/i,
  /there is nothing new, so nothing changes/i,
  /what is rejected is a dead letter/i,
  /is created only if it is absent is the commit/i,
  /a function of its own bytes/i,
  /messages? that (are|is) no rows?/i,
  /\bmends?\b|\bmended\b/i,
  /\bis told\b|\bare told\b/i,
  /\blets? go\b|\blet go\b/i,
  /\bgives? way\b/i,
  /\bamid\b/i,
  /\bgoes on\b|\bgo on\b|\bwent on\b/i,
  /\bnobody's\b/i,
  /two at once are right/i,
  /a few hundredths/i,
  /why the rest is not had/i,
]
