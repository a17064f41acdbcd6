import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { tableOf } from '../connectors/joined/keyed-table.ts'
import { defineSchema } from '../schema/define.ts'
import { memorySource } from '../testing/memory-source.ts'
import { Harness } from '../testing/scenario/harness.ts'
import { instant } from '../values/instant.ts'
import { IntervalModel, type ModelRow, TemporalModel } from './join-model.fixture.ts'
import { joinTable } from './join-table.ts'
import { joinWithin } from './join-within.ts'

/** 2,000 in CI; `TRACES=10000` for more. */
const TRACES = Number(process.env.TRACES ?? 2000)

const Left = defineSchema(z.object({ id: z.string(), key: z.string().nullable(), at: instant() }), { name: 'left', time: 'at' })
const Right = defineSchema(z.object({ other: z.string(), key: z.string().nullable(), gone: z.boolean(), since: instant() }), {
  name: 'right',
  time: 'since',
})
const Version = defineSchema(z.object({ other: z.string(), key: z.string(), gone: z.boolean(), since: instant() }), {
  name: 'version',
  time: 'since',
})

const leftOf = ({ id, key, time }: ModelRow) => ({ id, key, at: new Date(time) })
const rightOf = ({ id, key, time, isGone = false }: ModelRow) => ({ other: id, key, gone: isGone, since: new Date(time) })

interface Rows {
  readonly do: 'left' | 'right'
  readonly rows: readonly Omit<ModelRow, 'id'>[]
  readonly commit: boolean
}
type Step = Rows | { readonly do: 'crash' | 'commit' }
const isRows = (step: Step): step is Rows => 'rows' in step

const rowsOf = (keys: readonly (string | null)[]) =>
  fc.array(fc.record({ key: fc.constantFrom(...keys), time: fc.integer({ min: 0, max: 60 }), isGone: fc.boolean() }), { minLength: 1, maxLength: 4 })
const stepsOf = (keys: readonly (string | null)[]) =>
  fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant('left' as const), rows: rowsOf(keys), commit: fc.boolean() }) },
      { weight: 4, arbitrary: fc.record({ do: fc.constant('right' as const), rows: rowsOf(keys), commit: fc.boolean() }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('crash' as const, 'commit' as const) }) },
    ),
    { maxLength: 24 },
  )

/** Times that mostly rise, so that few rows are late. */
const risen = (steps: readonly Step[]): Step[] => {
  const base = { left: 0, right: 0 }
  return steps.map((step) => {
    if (!isRows(step)) return step
    const from = base[step.do]
    base[step.do] += 12
    return { ...step, rows: step.rows.map((row) => ({ ...row, time: from + (row.time % 25) })) }
  })
}

/** Runs the steps through a harness and a model, and compares what came out after each commit. */
function compare(steps: readonly Step[], harness: Harness<never, unknown>, model: TemporalModel | IntervalModel, show: (row: never) => string): void {
  let next = 0
  let late = 0
  const out: string[] = []
  const check = () => expect([...out].sort()).toEqual([...model.emitted].sort())
  const took = (given: { emitted: readonly unknown[]; late: readonly unknown[] }) => {
    out.push(...given.emitted.map((row) => show(row as never)))
    late += given.late.length
  }
  for (const step of steps) {
    if (!isRows(step)) took(step.do === 'crash' ? harness.restart() : harness.commit())
    else {
      const rows = step.rows.map((row) => ({ ...row, id: `${step.do[0]}${next++}` }))
      model.rows(step.do, rows)
      const { commit } = step
      took(step.do === 'left' ? harness.push(rows.map(leftOf) as never, { commit }) : harness.push(rows.map(rightOf), { input: 'other', commit }))
      if (!commit) continue
    }
    if (step.do !== 'crash') check()
  }
  model.end()
  took(harness.end())
  check()
  expect(late).toBe(model.late)
}

const settings = fc.record({ delay: fc.constantFrom(0, 5, 20), grace: fc.constantFrom(0, 7), rises: fc.boolean() })

test(`9.1, 9.3 and 9.6: a join with a table agrees with the model after every commit, in ${TRACES} random traces`, () => {
  fc.assert(
    fc.property(stepsOf(['a', 'b', 'c']), settings, fc.boolean(), (all, { delay, grace, rises }, isInner) => {
      const table = tableOf(memorySource({ schema: Version, topic: 'other', partitions: [] }), { key: 'key', deleted: 'gone' })
      const kind = isInner ? 'inner' : 'left'
      const harness = new Harness(Left, joinTable(table, { on: 'key', columns: ['other'], kind, grace }), { maxOutOfOrderness: delay })
      const show = ({ id, other }: { id: string; other: string | null }) => `${id}=${other ?? '∅'}`
      compare(rises ? risen(all) : all, harness as never, new TemporalModel(delay, grace, isInner), show as never)
    }),
    { numRuns: TRACES },
  )
})

test(`9.1, 9.2 and 9.6: a join of two streams agrees with the model after every commit, in ${TRACES} random traces`, () => {
  const kinds = fc.constantFrom('inner' as const, 'left' as const, 'outer' as const)
  const bounds = fc.record({ before: fc.constantFrom(0, 3, 10), after: fc.constantFrom(0, 4, 15) })
  fc.assert(
    fc.property(stepsOf(['a', 'b', null]), settings, kinds, bounds, (all, { delay, grace, rises }, kind, { before, after }) => {
      const other = memorySource({ schema: Right, topic: 'other', partitions: [] })
      const within = { before, after }
      const harness = new Harness(Left, joinWithin(other, { on: 'key', within, columns: ['other'], kind, grace }), { maxOutOfOrderness: delay })
      const show = (row: { id: string | null; other: string | null; joined_at: Date }) =>
        `${row.id ?? '∅'}+${row.other ?? '∅'}@${row.joined_at.getTime()}`
      compare(rises ? risen(all) : all, harness as never, new IntervalModel(delay, grace, kind, before, after), show as never)
    }),
    { numRuns: TRACES },
  )
})
