import { describe, expect, test } from 'vitest'
import { bodyOf, load } from '../../site/playground/compile.ts'
import { examples } from '../../site/playground/examples.ts'
import { hashOf, sharedIn } from '../../site/playground/link.ts'
import { run } from '../../site/playground/run.ts'
import { ticketTrace } from '../../site/playground/tickets.ts'
import { firstLook, viewAt } from '../../site/playground/timeline.ts'

const counts = (options = '{ partitions: 1 }', window = "tumbling({ size: '10s' })") =>
  [
    "import { count, session, tumbling, windowed } from '@tickets/core'",
    `export default windowed(${window}, { by: 'client_id', aggregate: { n: count() } })`,
    `export const options = ${options}`,
  ].join('\n')

describe('code of the playground', () => {
  test('is a module of plain JavaScript, line by line', () => {
    expect(bodyOf("import { a, b as c } from 'm'\n\nexport default a\nexport const d = c")).toBe(
      "const { a, b: c } = modules('m')\n\nexported.default = a\nconst d = exported.d = c",
    )
    expect(load('import {\n  one,\n} from "m"\nexport default one + 1', { m: { one: 1 } }).default).toBe(2)
  })

  test('names what it may import when it imports something else', () => {
    expect(() => load("import { readFile } from 'node:fs'", { rxjs: {} })).toThrow('the playground has no "node:fs": it has rxjs')
    expect(run('export default 1', 'a@1').error).toContain('export default the operator')
    expect(run('export default (', 'a@1').error).toContain('Unexpected token')
  })
})

describe('a run', () => {
  test('shows windows that fill, results, late rows and watermarks step by step', () => {
    const { steps, error } = run(counts(), 'a@1 a@4 | a@12 commit a@3 commit end')
    expect(error).toBe(null)
    expect(
      steps.map(({ text, emitted, open, late, merge }) => [text, emitted.map(({ text }) => text), open.map(({ text }) => text), late.length, merge]),
    ).toEqual([
      ['a@1 a@4', [], ['2'], 0, null],
      ['|', [], ['2'], 0, null],
      ['a@12', [], ['2', '1'], 0, null],
      ['commit', ['2'], ['1'], 0, 12],
      ['a@3', [], ['1'], 0, 12],
      ['commit', [], ['1'], 1, 12],
      ['end', ['1'], [], 0, null],
    ])
    expect(steps[5]?.late).toEqual([{ key: 'a', seconds: 3, windows: [[0, 10]] }])
  })

  test('reads rows again after a crash, and counts them once', () => {
    const { steps } = run(counts(), 'a@1 crash a@4 commit a@12 crash end')
    expect(steps.flatMap(({ emitted }) => emitted.map(({ text }) => text))).toEqual(['2', '1'])
  })

  test('points at a word that is none, after the steps before it', () => {
    const { steps, error } = run(counts(), 'a@1 commit p3:crash')
    expect(error).toContain('there is no partition 3')
    expect(steps.map(({ text }) => text)).toEqual(['a@1', 'commit'])
    expect(run(counts(), 'a@1 bang').error).toContain('does not know "bang"')
  })

  test.each(examples.map((example) => [example.name, example] as const))('example: %s', (_, { code, trace }) => {
    const { steps, error } = run(code, trace)
    expect(error).toBe(null)
    expect(steps.flatMap(({ emitted }) => emitted).length).toBeGreaterThan(2)
    const view = viewAt(steps, firstLook(steps))
    expect(view.bars.some(({ state }) => state === 'out')).toBe(true)
  })

  test('of generated tickets has late rows, a crash and an idle partition, and loses no row', () => {
    const { steps, error } = run(counts('{ partitions: 2 }'), ticketTrace(1))
    expect(error).toBe(null)
    // A window that is shown again counts as it is shown last.
    const last = new Map(
      steps.flatMap(({ emitted }) => emitted.map(({ key, start, text }) => [`${key} ${start}`, Number.parseInt(text, 10)] as const)),
    )
    const counted = [...last.values()].reduce((sum, n) => sum + n, 0)
    expect(counted + steps.flatMap(({ late }) => late).length).toBe(32)
    expect(steps.map(({ text }) => text)).toEqual(expect.arrayContaining(['crash', 'idle', 'end']))
  })
})

test('the timeline shows what is read, what is committed, and what is late', () => {
  const { steps } = run(counts(), 'a@1 a@12 commit a@3 commit')
  const states = (at: number) => viewAt(steps, at).points.map(({ state }) => state)
  expect([states(0), states(1), states(3)]).toEqual([
    ['read', 'read'],
    ['committed', 'committed'],
    ['committed', 'committed', 'late'],
  ])
  const overlapping = viewAt(run(counts('{}', "session({ gap: '2s' })"), 'a@1 b@1 a@8 end').steps, 1)
  expect(overlapping.lanes.map(({ key, count }) => [key, count])).toEqual([
    ['a', 1],
    ['b', 1],
  ])
})

test('a link holds the pipeline and its trace; another hash holds nothing', async () => {
  const shared = { code: 'export default «ü»', trace: 'a@1 | end' }
  const hash = await hashOf(shared)
  expect(hash).toMatch(/^[\w-]+$/)
  expect(await sharedIn(`#${hash}`)).toEqual(shared)
  expect(await sharedIn('#tumbling')).toBe(null)
})
