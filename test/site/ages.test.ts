import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { agedPages, dated, daysIn } from '../../site/assemble/ages.ts'
import { read, root } from '../repo/files.ts'

const folder = mkdtempSync(join(tmpdir(), 'tickets-ages-'))
afterAll(() => rmSync(folder, { recursive: true }))
const page = { page: 'figures.md', mostDays: 90, again: 'pnpm bench --record' }
const aged = (text: string, now: string) => {
  writeFileSync(join(folder, page.page), text)
  return agedPages([page], folder, Date.parse(now))
}

test('a page is too old on the day after its last one, by the oldest of what it shows', () => {
  const text = 'Measured 2026-09-02, commit a. And written on 2020-01-01. Measured 2026-12-01, commit b.'
  expect(aged(text, '2026-12-01')).toEqual([])
  expect(aged(text, '2026-12-02')).toEqual(['figures.md shows what was measured 2026-09-02, 91 days ago, of at most 90: run pnpm bench --record'])
})

test('a page without a date fails, too', () => {
  expect(aged('Fast.', '2026-12-01')).toEqual(['figures.md does not say when it was measured: run pnpm bench --record'])
})

test('performance may be 90 days old, and what is supported 30; the build of the site asks', () => {
  expect(dated.map(({ page: path, mostDays }) => [path, mostDays])).toEqual([
    ['docs/performance.md', 90],
    ['docs/reference/support.md', 30],
  ])
  for (const { page: path } of dated) expect(daysIn(read(path)).length, path).toBeGreaterThan(0)
  expect(agedPages(dated, root, Date.parse('2100-01-01'))).toHaveLength(dated.length)
  expect(read('site/build.ts')).toMatch(/agedPages\(dated, .*Date\.now\(\)\)/)
})
