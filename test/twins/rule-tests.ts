import { readFileSync } from 'node:fs'
import { join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const PAGES = 'docs/internals'

/** Returns the files of tests that a page names, from the root. */
function testsOn(page: string): string[] {
  const text = readFileSync(join(root, PAGES, page), 'utf8')
  return [...text.matchAll(/\]\(([^)#\s]+\.test\.ts)\)/g)].map(([, link = '']) => normalize(join(PAGES, link)))
}

/** The files of tests that prove a law or a rule of the protocol: those that the pages of both name. */
export const ruleTests: readonly string[] = [...new Set(['architecture.md', 'protocol.md'].flatMap(testsOn))].sort()
