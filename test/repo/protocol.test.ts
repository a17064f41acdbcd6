import { expect, test } from 'vitest'
import { read, tracked } from './files.ts'
import { PAGE, rulesOf, testsOfRules, withTests } from './protocol.ts'

const page = read(PAGE)
const rules = rulesOf(page)

test('every rule that the code cites is on the protocol page', () => {
  const cited = tracked
    .filter((path) => /^(packages|test)\/.*\.ts$/.test(path) && path !== 'test/repo/protocol.test.ts')
    .flatMap((path) => [...read(path).matchAll(/(?:protocol(?: page)? |protocol\.md#)(\d\.\d+)/g)].map((match) => ({ path, rule: match[1] ?? '' })))
  expect(cited.length).toBeGreaterThan(50)
  expect(cited.filter(({ rule }) => !rules.includes(rule))).toEqual([])
})

test('every rule has a test whose title names it', () => {
  const tests = testsOfRules()
  expect(rules.length).toBeGreaterThan(40)
  expect(rules.filter((rule) => !tests.has(rule))).toEqual([])
})

test('the page names the tests of each rule: node scripts/protocol-tests.ts', () => {
  expect(page).toBe(withTests(page))
})
