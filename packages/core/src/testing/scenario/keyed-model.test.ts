import fc from 'fast-check'
import type { Observable } from 'rxjs'
import { expect, test } from 'vitest'
import * as z from 'zod'
import type { Batch } from '../../batch/batch.ts'
import { filterRows } from '../../operators/filter-rows.ts'
import type { KeyedContext } from '../../operators/keyed/definition.ts'
import { keyedOperator } from '../../operators/keyed-operator.ts'
import { defineSchema } from '../../schema/define.ts'
import { instant } from '../../values/instant.ts'
import { Harness } from './harness.ts'
import { KeyedModel, type ModelAct, type ModelCall, type ModelRow } from './keyed-model.ts'

const Row = defineSchema(z.object({ key: z.string(), at: instant(), dropped: z.boolean(), acts: z.string() }), { name: 'row', time: 'at' })
const Call = defineSchema(z.object({ key: z.string(), what: z.string(), at: instant(), count: z.int() }), { name: 'call', time: 'at' })
type Row = z.output<typeof Row.zod>
type Call = z.output<typeof Call.zod>
const IDLE = 60_000

interface State {
  count: number
  after: number
  times: number
}
type Context = KeyedContext<{ readonly key: string }, State, Call>

function act(context: Context, acts: readonly ModelAct[]): void {
  for (const one of acts) {
    if (one.do === 'count') context.state.count++
    else if (one.do === 'repeat') context.state = { ...context.state, after: one.after, times: one.times }
    else if (one.do === 'clear') context.clear()
    else if (one.do === 'cancel') context.cancelTimer(one.at)
    else if (one.do === 'set') set(context, one.after)
  }
}

/** A Date, a duration or a number: all three are ways to say when. */
function set(context: Context, after: number): void {
  if (after < 0) context.setTimer(new Date(context.time + after))
  else context.setTimer(after % 2 === 0 ? { after } : context.time + after)
}

const emit = (context: Context, what: ModelCall['what'], count = context.state.count) =>
  context.emit({ key: context.key.key, what, at: new Date(context.time), count })

const isBlind = (time: number) => time % 3 === 0

/** Does what the rows say, and emits each call with the count that it left. */
const obedient = (ttl: number) => (rows: Observable<Batch<Row>>) =>
  rows.pipe(
    filterRows(({ dropped }) => !dropped),
    keyedOperator(Call, {
      by: 'key',
      init: (): State => ({ count: 0, after: 0, times: 0 }),
      ...(Number.isFinite(ttl) ? { ttl } : {}),
      onRow(row, context) {
        const acts = JSON.parse(row.acts) as ModelAct[]
        act(context, acts)
        emit(context, context.isLate ? 'late' : 'row', acts.some((one) => one.do === 'leave') ? -1 : context.state.count)
      },
      onTimer(time, context) {
        if (isBlind(time)) return emit(context, 'timer', -1)
        if (context.state.times-- > 0) set(context, context.state.after)
        emit(context, 'timer')
      },
      onEnd: (context) => emit(context, 'end'),
    }),
  )

type Step =
  | { readonly kind: 'push'; readonly partition: number; readonly rows: readonly (ModelRow & { readonly rise: boolean })[]; readonly commit: boolean }
  | { readonly kind: 'watermark'; readonly partition: number; readonly at: number; readonly commit: boolean }
  | { readonly kind: 'restart'; readonly which: number | 'all' }
  | { readonly kind: 'commit' | 'elapse' | 'show' }

interface Case {
  readonly partitions: number
  readonly delay: number
  readonly ttl: number
  readonly steps: readonly Step[]
}

const small = (min: number, max: number) => fc.integer({ min, max })
const acts: fc.Arbitrary<ModelAct> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('set' as const), after: small(-6, 14) }) },
  { weight: 3, arbitrary: fc.constant({ do: 'count' as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), at: small(-5, 40) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('repeat' as const), after: small(-4, 8), times: small(1, 3) }) },
  { weight: 1, arbitrary: fc.constantFrom({ do: 'clear' as const }, { do: 'leave' as const }) },
)
const row = fc.record({
  time: small(0, 6),
  key: fc.constantFrom('a', 'b', 'c'),
  dropped: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
  rise: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, fc.constant(false)),
  acts: fc.array(acts, { maxLength: 4 }),
})
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('push' as const), partition: small(0, 2), rows: fc.array(row, { maxLength: 5 }), commit: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('watermark' as const), partition: small(0, 2), at: small(-5, 50), commit: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('commit' as const, 'elapse' as const, 'show' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('restart' as const), which: fc.constantFrom(0, 1, 2, 'all' as const) }) },
)
const cases: fc.Arbitrary<Case> = fc.record({
  partitions: small(1, 3),
  delay: small(0, 4),
  ttl: fc.constantFrom(1, 4, 12, Number.POSITIVE_INFINITY),
  steps: fc.array(steps, { maxLength: 16 }),
})

/** Feeds both, and compares what is committed after every step. */
function compare({ partitions, delay, ttl, steps: all }: Case): void {
  const harness = new Harness(Row, obedient(ttl), { partitions, maxOutOfOrderness: delay, idleTimeout: IDLE, keyedBy: ['key'] })
  const tasks = Array.from({ length: partitions }, () => ({
    model: new KeyedModel(delay, ttl, isBlind),
    got: [] as ModelCall[],
    high: 0,
    open: false,
  }))
  const own = (partition: number) => tasks[partition % partitions] as (typeof tasks)[number]
  // Keys carry their partition, which tells calls apart where several partitions commit.
  const check = ({ emitted }: { emitted: readonly Call[] }, isCommit: (partition: number) => boolean) => {
    for (const { key, what, at, count } of emitted)
      own(Number(key[0])).got.push({ key: key.slice(1), what: what as ModelCall['what'], time: at.getTime(), count })
    for (const [p, task] of tasks.entries()) {
      if (isCommit(p)) task.open = false
      if (!task.open) expect(task.got).toEqual(task.model.calls)
    }
  }
  const step = (one: Step) => {
    if (one.kind === 'push') {
      const task = own(one.partition)
      const partition = one.partition % partitions
      const rows = one.rows.map(({ rise, ...rest }) => ({ ...rest, time: rise ? task.high + rest.time : task.high - 3 * rest.time }))
      for (const { time } of rows) task.high = Math.max(task.high, time)
      for (const each of rows) task.model.row(each)
      task.open = true
      const given = rows.map(({ key, time, dropped, acts: own }) => ({
        key: `${partition}${key}`,
        at: new Date(time),
        dropped,
        acts: JSON.stringify(own),
      }))
      check(harness.push(given, { partition, commit: one.commit }), (p) => one.commit && p === partition)
    } else if (one.kind === 'watermark') {
      const partition = one.partition % partitions
      own(partition).model.watermark(one.at)
      own(partition).open = true
      check(harness.watermark(one.at, { partition, commit: one.commit }), (p) => one.commit && p === partition)
    } else if (one.kind === 'restart') harness.restart(one.which === 'all' ? 'all' : one.which % partitions)
    else if (one.kind === 'commit') check(harness.commit(), () => true)
    else if (one.kind === 'elapse') check(harness.elapse(IDLE), () => false)
    else check(harness.end({ complete: false }), () => true)
  }
  for (const one of all) step(one)
  for (const { model } of tasks) model.end()
  check(harness.end(), () => true)
}

const runs = Number(process.env.MODEL_RUNS ?? 2_000)
const seed = process.env.MODEL_SEED

test(`9.5 and 9.6: timers and state by key agree with the model after every commit, in ${runs} random traces`, { timeout: 3_600_000 }, () => {
  fc.assert(fc.property(cases, compare), { numRuns: runs, ...(seed ? { seed: Number(seed) } : {}) })
})
