import { expect, test } from 'vitest'
import { read, tracked } from './files.ts'
import { anchorsOf } from './pages.ts'
import { PAGE, rulesOf, testsOfRules, withTests } from './protocol.ts'

const page = read(PAGE)
const rules = rulesOf(page)
const code = tracked.filter((path) => /\.(ts|sql|js|mjs)$/.test(path) && !path.startsWith('test/repo/'))

test('every rule that the code cites is on the protocol page', () => {
  const cited = code.flatMap((path) =>
    [...read(path).matchAll(/docs\/internals\/protocol\.md#([\w.-]*\w)/g)].map((match) => ({ path, to: match[1] ?? '' })),
  )
  expect(cited.length).toBeGreaterThan(100)
  const anchors = anchorsOf(PAGE)
  expect(cited.filter(({ to }) => !anchors.has(to))).toEqual([])
})

test('code cites a rule by a link to the protocol page, and in no other form', () => {
  const other = /\bprotocol (?:page )?§?\d|(?<!internals\/)protocol\.md#|(?:\/\/|^\s*\*|\/\*\*).*[(;] ?(?:[1-7]|10)\.\d{1,2}\)/gim
  const found = code.flatMap((path) => [...read(path).matchAll(other)].map((match) => `${path}: ${match[0].trim()}`))
  expect(found).toEqual([])
})

test('every rule has a test whose title names it', () => {
  const tests = testsOfRules()
  expect(rules.length).toBeGreaterThan(40)
  expect(rules.filter((rule) => !tests.has(rule))).toEqual([])
})

test('the page names the tests of each rule: node scripts/protocol-tests.ts', () => {
  expect(page).toBe(withTests(page))
})
