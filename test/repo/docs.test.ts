import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { read, root } from './files.ts'
import { anchorsOf, linksOf, pages } from './pages.ts'

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
})
