import { existsSync, globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { equivalents, explains } from './equivalent.ts'
import { mutantsOf, mutated } from './mutants.ts'
import { all as byDefault, targets } from './targets.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const all = (source: string) => mutantsOf('a.ts', source).map((mutant) => mutated(source, mutant))

test('swaps operators, and leaves texts alone', () => {
  expect(all('a < b + 1')).toEqual(['a <= b + 1', 'a < b - 1', 'a < b + 2', 'a < b + 0'])
  expect(all("x = 'a' + b")).toEqual([';'])
  expect(all('const x = a ?? b')).toEqual(['const x = b'])
  expect(all('const x = Math.max(a, b)')).toEqual(['const x = Math.min(a, b)'])
})

test('removes statements, negates conditions, and turns steps around', () => {
  expect(all('if (a) b()')).toEqual(['if (!(a)) b()', 'if (a) ;'])
  expect(all('for (;;) { n++; continue }')).toEqual(['for (;;) { n--; continue }', 'for (;;) { n++; ; }'])
  expect(all("throw new Error('n + 1')")).toEqual([';'])
  expect(all('await f.sync(true)')).toEqual([';', 'await f.sync(false)'])
})

test('looks at no types and no imports', () => {
  expect(all("import { a } from 'b'\ntype A = 1 | true\ninterface B { c: 2 }\nlet d: 3")).toEqual([])
})

test('tells where a mutation stands', () => {
  expect(mutantsOf('a.ts', 'f()\n  g(a && b)\n')).toMatchObject([
    { line: 1, what: 'f() → ;', source: 'f()' },
    { line: 2, what: 'g(a && b) → ;', source: 'g(a && b)' },
    { line: 2, what: 'a && b → ||', source: 'g(a && b)' },
  ])
})

test('tells apart the same mutation of lines that read the same', () => {
  const twice = mutantsOf('a.ts', 'f()\nf()\n')
  expect(twice.map(({ line, nth }) => [line, nth])).toEqual([
    [1, 0],
    [2, 1],
  ])
  const known = { file: 'a.ts', source: 'f()', what: 'f() → ;', why: 'it does nothing', nth: 1 }
  expect(twice.map((mutant) => explains(known, 'a.ts', mutant))).toEqual([false, true])
})

test('all tests that targets name exist', () => {
  const tests = targets.flatMap(({ stages }) => stages.flat())
  expect([...new Set(tests)].filter((path) => globSync(path, { cwd: root }).length === 0)).toEqual([])
})

test('all sources that are run over by default exist, and have tests', () => {
  const missing = byDefault.filter((path) => !existsSync(`${root}/${path}`) || !targets.some(({ sources }) => sources.test(path)))
  expect(missing).toEqual([])
})

test('every explanation is of a mutation that there is', () => {
  const stale = equivalents.filter((known) =>
    mutantsOf(known.file, readFileSync(`${root}/${known.file}`, 'utf8')).every((mutant) => !explains(known, known.file, mutant)),
  )
  expect(stale).toEqual([])
})
