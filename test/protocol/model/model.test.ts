import { describe, expect, test } from 'vitest'
import { explore } from './explore.ts'
import { type Bounds, RULES, type Rule } from './rules.ts'

const small: Bounds = { rows: 2, files: 1, workers: 2, merges: 0, crashes: 0, powerLosses: 0, lostAnswers: 0, vandals: 0 }
const show = ({ broken }: ReturnType<typeof explore>) => broken && [...broken.trace, `=> ${broken.why}`].join('\n')

const explored = new Map<string, ReturnType<typeof explore>>()
/** The same world with all rules on; explored once. */
function sound(bounds: Bounds): ReturnType<typeof explore> {
  const name = JSON.stringify(bounds)
  const found = explored.get(name) ?? explore(bounds)
  explored.set(name, found)
  return found
}

describe('with all rules on nothing breaks, whatever the interleaving', () => {
  const worlds: Record<string, Partial<Bounds>> = {
    'two workers, two crashes': { crashes: 2 },
    'two workers, three rows': { rows: 3 },
    'two workers, a crash and a lost answer': { crashes: 1, lostAnswers: 1 },
    'two workers, a power loss': { powerLosses: 1 },
    'two workers, two files a range, a crash': { files: 2, crashes: 1 },
    'one worker, three rows, two crashes and a power loss': { workers: 1, rows: 3, crashes: 2, powerLosses: 1 },
    'one worker and the merge, a crash and a power loss': { workers: 1, merges: 1, crashes: 1, powerLosses: 1 },
    'one worker and two merges, three rows, two crashes': { workers: 1, merges: 2, rows: 3, crashes: 2 },
    'two workers and the merge': { merges: 1 },
    'two workers that stage ahead, a crash': { ahead: true, crashes: 1 },
    'two workers that stage ahead, three rows': { ahead: true, rows: 3 },
    'two workers that stage ahead, and a power loss': { ahead: true, powerLosses: 1 },
    'one worker that stages ahead and the merge, three rows, a crash and a power loss': {
      ahead: true,
      workers: 1,
      merges: 1,
      rows: 3,
      crashes: 1,
      powerLosses: 1,
    },
    'a damaged record or a deleted file stops the task, and a crash': { workers: 1, vandals: 1, crashes: 1 },
  }
  // A search takes processor time alone, and how much of that it gets is the machine's business.
  test.each(Object.entries(worlds))('%s', { timeout: 600_000 }, (_, bounds) => {
    const found = sound({ ...small, ...bounds })
    expect(show(found)).toBeNull()
    expect(found.states).toBeGreaterThan(100)
  })

  // Minutes, not seconds: MODEL=large.
  const large: Record<string, Partial<Bounds>> = {
    'two workers, three rows, a crash': { rows: 3, crashes: 1 },
    'two workers, a crash and a power loss': { crashes: 1, powerLosses: 1 },
    'two workers and the merge, a power loss': { merges: 1, powerLosses: 1 },
    'two workers, a crash, and a damaged record or a deleted file': { vandals: 1, crashes: 1 },
  }
  test.runIf(process.env.MODEL === 'large').each(Object.entries(large))('%s', { timeout: 600_000 }, (_, bounds) => {
    expect(show(explore({ ...small, ...bounds }))).toBeNull()
  })
})

describe('each rule, left out, is caught', () => {
  /** What has to happen for it to show, beyond two workers at once. */
  const needs: Partial<Record<Rule, Partial<Bounds>>> = {
    'step 1': { powerLosses: 1 },
    'step 2': { powerLosses: 1 },
    'step 3': { powerLosses: 1 },
    '3.3 delete nothing': { lostAnswers: 1 },
    '3.4 recovery': { powerLosses: 1 },
    '3.4 merge': { workers: 1, merges: 1, powerLosses: 1 },
    '3.5': { rows: 3 },
    '3.7 error': { vandals: 1 },
    '3.9 merge': { workers: 1, merges: 1 },
    '3.9 base': { rows: 3 },
    '2.5': { ahead: true },
    '3.11 checksum': { vandals: 1 },
  }
  const rules = Object.entries(RULES) as [Rule, string][]
  test.each(rules)('%s: %s', { timeout: 600_000 }, (rule) => {
    const bounds = { ...small, ...needs[rule] }
    const found = explore({ ...bounds, without: rule })
    expect(found.broken, 'nobody noticed').not.toBeNull()
    expect(found.broken?.trace.length).toBeGreaterThan(2)
    // MODEL=show prints the counterexamples.
    if (process.env.MODEL === 'show') console.log(`Without ${rule} (${RULES[rule]}):\n${show(found)}\n`)
    // What broke was the rule, not the world.
    expect(show(sound(bounds))).toBeNull()
  })
})
