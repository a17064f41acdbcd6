import { expect, test } from 'vitest'
import { read, tracked } from './files.ts'

const page = read('docs/operations/threat-model.md')
const section = (heading: string) => page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
const lines = section('Threats')
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .slice(2)
const namedBy = (line: string) => [...line.matchAll(/`([\w./-]+\.(?:test|ci)\.ts)`/g)].map(([, name = '']) => name)
const listed = new Map(
  [...section('Tests').matchAll(/^- \[([^\]]+)\]\(\.\.\/\.\.\/([^)]+)\)/gm)].map(([, name = '', path = '']) => [name, path] as const),
)

test('each threat names its tests', () => {
  expect(lines.length).toBeGreaterThan(15)
  expect(lines.filter((line) => namedBy(line).length === 0)).toEqual([])
})

test('each test that a threat names is listed with its place and what it proves, and no other', () => {
  expect([...new Set(lines.flatMap(namedBy))].sort()).toEqual([...listed.keys()].sort())
  expect([...listed.values()].filter((path) => !tracked.includes(path))).toEqual([])
})
