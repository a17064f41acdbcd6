import { relative } from 'node:path'
import { read, tracked } from './files.ts'

/** The protocol page, from the root. */
export const PAGE = 'docs/internals/protocol.md'

/** The numbers of the rules on the page, such as `3.5`. */
export const rulesOf = (page: string): string[] => [...page.matchAll(/^### (\d+\.\d+) /gm)].map((match) => match[1] ?? '')

/** One test, where it stands. */
interface RuleTest {
  readonly title: string
  readonly path: string
}

/** Rule → the tests whose titles name it: `3.5 …`, `4.1 to 4.3 …`, `… (3.4)`. */
export function testsOfRules(): Map<string, RuleTest[]> {
  const found = new Map<string, RuleTest[]>()
  for (const path of tracked.filter((one) => /\.(test|ci)\.ts$/.test(one))) {
    for (const match of read(path).matchAll(/\b(?:test|it|describe)(?:\.\w+)*\(\s*(?:[^'"`\n]*\)\(\s*)?(['"`])(.*?)\1/g)) {
      const title = match[2] ?? ''
      for (const rule of rulesIn(title)) found.set(rule, [...(found.get(rule) ?? []), { title, path }])
    }
  }
  return found
}

function rulesIn(title: string): Set<string> {
  const rules = new Set([...title.matchAll(/(?<![\d.])((?:[1-79]|10)\.\d{1,2})(?![\d.]| ?(?:s|ms|MiB|GiB)\b)/g)].map((match) => match[1] ?? ''))
  const range = /\b([1-79])\.(\d+) to \1\.(\d+)\b/.exec(title)
  if (range) for (let i = Number(range[2]); i <= Number(range[3]); i++) rules.add(`${range[1]}.${i}`)
  return rules
}

/** The page with a line `**Tests.** …` at the end of each rule, as the titles are now. */
export function withTests(page: string): string {
  const tests = testsOfRules()
  const plain = page.replaceAll(/\n\*\*Tests\.\*\* .*\n/g, '')
  const parts = plain.split(/(?=<a id="[\d.]+"><\/a>\n|^## |^### Recovery)/m)
  return parts.map((part) => withLine(part, tests)).join('')
}

function withLine(part: string, tests: ReadonlyMap<string, readonly RuleTest[]>): string {
  const rule = /^### (\d+\.\d+) /m.exec(part)?.[1]
  const paths = [...new Set((rule === undefined ? [] : (tests.get(rule) ?? [])).map(({ path }) => path))].sort()
  if (paths.length === 0) return part
  const links = paths.map((path) => `[${path.split('/').at(-1)}](${relative('docs/internals', path)})`)
  return `${part.trimEnd()}\n\n**Tests.** ${links.join(', ')}\n\n`
}
