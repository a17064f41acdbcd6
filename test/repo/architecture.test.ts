import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { read, root, tracked } from './files.ts'
import { linksOf, proseOf } from './pages.ts'

const PAGE = 'docs/internals/architecture.md'
const page = proseOf(PAGE)

describe('the map', () => {
  test('has every folder of every package, and no other', () => {
    const folders = tracked.map((path) => /^packages\/[^/]+\/src\/[^/]+(?=\/)/.exec(path)?.[0]).filter((folder) => folder !== undefined)
    const mapped = linksOf(PAGE).filter(({ to }) => /^packages\/[^/]+\/src\/[^/.]+$/.test(to))
    expect(mapped.map(({ to }) => to).sort()).toEqual([...new Set(folders)].sort())
  })

  test('names no file that does not exist', () => {
    const named = [...page.matchAll(/`([\w./*-]+)`/g)]
      .map((match) => match[1] ?? '')
      .filter((name) => /\/|\.\w+$/.test(name) && !/^\.\w+$/.test(name))
    expect(named).toContain('test/repo/arrows.test.ts')
    const here = (name: string) => [name, `packages/${name}`].some((path) => existsSync(join(root, path)))
    expect(named.filter((name) => !here(name) && !/^source\.|^sink\./.test(name))).toEqual([])
  })
})

describe('laws', () => {
  const laws = new Map([...page.matchAll(/^(\d+)\. _\w+\._ .*Tests: (.*)$/gm)].map((match) => [Number(match[1]), match[2] ?? ''] as const))

  test('are ten, each with a link to a test', () => {
    expect([...laws.keys()]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect([...laws].filter(([, tests]) => !/\]\([^)]+\.test\.ts\)/.test(tests))).toEqual([])
  })

  test('are the ones that code cites', () => {
    const cited = tracked
      .filter((path) => /^(packages|test|docs)\/.*\.(ts|md)$/.test(path) && path !== PAGE)
      .flatMap((path) => [...read(path).matchAll(/\blaws? (\d+)/gi)].map((match) => ({ path, law: Number(match[1]) })))
    expect(cited.length).toBeGreaterThan(10)
    expect(cited.filter(({ law }) => !laws.has(law))).toEqual([])
  })
})
