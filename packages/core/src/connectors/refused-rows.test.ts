import { of } from 'rxjs'
import { expect, test } from 'vitest'
import * as z from 'zod'
import type { Agg } from '../aggregate/aggregate.ts'
import { count } from '../aggregate/count.ts'
import { sum } from '../aggregate/sum.ts'
import { Batch } from '../batch/batch.ts'
import { into } from '../operators/into.ts'
import type { Emit } from '../operators/windowed/definition.ts'
import { windowed } from '../operators/windowed.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import { defineSchema } from '../schema/define.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { memorySink } from '../testing/memory-sink.ts'
import { memorySource, messagesOf } from '../testing/memory-source.ts'
import { instant } from '../values/instant.ts'
import type { Window } from '../window/engine/window.ts'
import { global } from '../window/global.ts'
import { hopping } from '../window/hopping.ts'
import { session } from '../window/session.ts'
import { sliding } from '../window/sliding.ts'
import { tumbling } from '../window/tumbling.ts'
import type { DeadLetter } from './dead-letter.ts'
import { isOfFlow } from './refused-rows.ts'
import type { Sink } from './sink.ts'

const Amount = defineSchema(z.object({ at: instant(), who: z.string(), amount: z.int() }), { name: 'amount', version: 1, time: 'at' })
type Amount = { at: Date; who: string; amount: number }

const LARGEST = Number.MAX_SAFE_INTEGER
const row = (second: number, who: string, amount: number) => ({ at: new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString(), who, amount })
const rows = [row(1, 'a', LARGEST), row(2, 'b', 5), row(2, 'a', 1), row(50, 'b', 7)]

interface Shown {
  readonly who: string
  readonly total: number
}

function world(window: Window, messages: readonly object[] = rows, emit: Emit = 'final') {
  const [log, totals, all, dead] = [memoryLog(), memorySink<Shown>('totals'), memorySink<Amount>('all'), memorySink<DeadLetter>('dead')]
  const run = (deadLetters?: Sink<DeadLetter>) =>
    pipeline({
      name: 'sums',
      source: memorySource({ schema: Amount, partitions: [messagesOf(messages)] }),
      log,
      ...(deadLetters ? { deadLetters } : {}),
      flows: (amounts) => ({
        all: amounts.pipe(into(all)),
        totals: amounts.pipe(windowed(window, { by: 'who', aggregate: { total: sum('amount') }, emit }), into(totals as Sink<unknown>)),
      }),
    }).run({ handleSignals: false })
  return { log, totals, all, dead, run }
}

const windows: readonly (readonly [string, Window])[] = [
  ['tumbling', tumbling({ size: '10s' })],
  ['hopping', hopping({ size: '10s', advance: '5s' })],
  ['session', session({ gap: '5s' })],
  ['sliding', sliding({ size: '5s' })],
  ['global', global()],
]

test.each(windows)(
  '%s: a sum that its column cannot hold is a dead letter that names flow, window and key; the others are shown',
  async (_kind, window) => {
    const { run, totals, all, dead } = world(window)
    const summary = await run(dead)
    expect(all.rows).toHaveLength(4)
    expect(summary).toMatchObject({ how: 'done', rejected: 0, refused: dead.rows.length })
    expect(dead.rows.length).toBeGreaterThan(0)
    expect(totals.rows.filter(({ who }) => who === 'b').length).toBeGreaterThan(0)
    // Windows of `a` before the sum is too large are in range.
    expect(totals.rows.every(({ total }) => Number.isSafeInteger(total))).toBe(true)
    for (const [i, letter] of dead.rows.entries()) {
      expect(letter).toMatchObject({ topic: 'flow:totals', position: i, timestamp: null, key: '{"who":"a"}', encoding: 'utf8' })
      expect(letter.reason).toMatch(/windowed for the window \[.*Z, .*Z\) and the key \{"who":"a"\} does not fit: column "total"/)
      expect(JSON.parse(letter.value as string)).toMatchObject({ who: 'a', total: 2 ** 53, revision: 0 })
    }
  },
)

test.each(windows)('%s: without dead letters nothing of it is recorded, and the advice of the error works', async (_kind, window) => {
  const { run, totals, dead, all } = world(window)
  for (let start = 0; start < 3; start++)
    await expect(run()).rejects.toMatchObject({ code: 'RESULT_REFUSED', message: expect.stringMatching(/flow "totals".*"who":"a".*deadLetters/) })
  expect(totals.rows).toEqual([])
  expect(await run(dead)).toMatchObject({ how: 'done' })
  expect(dead.rows.length).toBeGreaterThan(0)
  expect(totals.rows.filter(({ who }) => who === 'b').length).toBeGreaterThan(0)
  expect(all.rows).toHaveLength(4)
  // Started again it changes nothing.
  const before = [dead.rows.length, totals.rows.length]
  await run(dead)
  expect([dead.rows.length, totals.rows.length]).toEqual(before)
})

test('each change is refused by itself, and a sum that fits again is shown', async () => {
  const { run, totals, dead } = world(tumbling({ size: '10s' }), [row(1, 'a', LARGEST), row(2, 'a', 1)], 'updates')
  await run(dead)
  expect(totals.rows).toEqual([])
  const back = world(tumbling({ size: '10s' }), [row(1, 'a', LARGEST), row(2, 'a', 1), row(3, 'a', -2)])
  await back.run(back.dead)
  expect(back.totals.rows).toMatchObject([{ who: 'a', total: LARGEST - 1 }])
  expect(back.dead.rows).toEqual([])
})

test('windows of windows and aggregates of the user are looked at too', async () => {
  const ratio: Agg<Amount, number> = { init: () => 0, add: (acc: number) => acc, merge: (a: number) => a, result: () => Number.NaN, type: z.number() }
  const [hours, ratios, dead] = [memorySink<Shown>('hours'), memorySink<object>('ratios'), memorySink<DeadLetter>('dead')]
  await pipeline({
    name: 'sums',
    source: memorySource({ schema: Amount, partitions: [messagesOf([row(1, 'a', LARGEST), row(15, 'a', 1)]), messagesOf([row(1, 'b', 3)])] }),
    log: memoryLog(),
    deadLetters: dead,
    flows: (amounts) => ({
      hours: amounts.pipe(
        windowed(tumbling({ size: '10s' }), { by: 'who', aggregate: { total: sum('amount') } }),
        windowed(tumbling({ size: '1 hour' }), { id: 'hours', by: 'who', aggregate: { total: sum('total') } }),
        into(hours as Sink<unknown>),
      ),
      ratios: amounts.pipe(windowed(tumbling({ size: '10s' }), { aggregate: { rows: count(), ratio } }), into(ratios as Sink<unknown>)),
    }),
  }).run({ handleSignals: false })
  expect(hours.rows).toMatchObject([{ who: 'b', total: 3 }])
  expect(ratios.rows).toEqual([])
  expect(dead.rows.map(({ topic, position, partition }) => [topic, position, partition]).sort()).toEqual([
    ['flow:hours', 2, 'merge'],
    ['flow:ratios', 0, 'merge'],
    ['flow:ratios', 1, 'merge'],
  ])
  expect(new Set(dead.rows.map(({ position }) => position)).size).toBe(3)
  expect(dead.rows.find(({ topic }) => topic === 'flow:ratios')?.reason).toContain('NaN')
})

test('without a pipeline the stream fails, naming window and key', () => {
  const errors: unknown[] = []
  const batch = Batch.of(
    Amount,
    rows.map(({ at, ...rest }) => ({ ...rest, at: new Date(at) })),
  )
  of(batch)
    .pipe(windowed(tumbling({ size: '10s' }), { by: 'who', aggregate: { total: sum('amount') } }))
    .subscribe({ error: (error) => errors.push(error) })
  expect(errors).toMatchObject([{ code: 'RESULT_REFUSED', message: expect.stringContaining('{"who":"a"}') }])
})

/** Refuses what is larger than `limit`, as a server that looks at each row would. */
function choosy(inner: Sink<Amount>, limit: number): Sink<Amount> {
  return {
    ...inner,
    async open(task, schema) {
      const writer = await inner.open(task, schema)
      return {
        ...writer,
        async write(batch) {
          const all = batch.toArray()
          await writer.write(
            Batch.of(
              Amount,
              all.filter(({ amount }) => amount <= limit),
            ),
          )
          return all
            .filter(({ amount }) => amount > limit)
            .map((refused) => ({ reason: `${refused.amount} is too large for the table`, key: null, value: JSON.stringify(refused) }))
        },
      }
    },
  }
}

test('rows that a sink refuses are dead letters of the same range, in every run once', async () => {
  const [log, kept, dead] = [memoryLog(), memorySink<Amount>('kept'), memorySink<DeadLetter>('dead')]
  const run = (deadLetters?: Sink<DeadLetter>) =>
    pipeline({
      name: 'choosy',
      source: memorySource({ schema: Amount, partitions: [messagesOf(rows)], chunk: 1 }),
      log,
      ...(deadLetters ? { deadLetters } : {}),
      range: { rows: 1 },
      flows: (amounts) => ({ kept: amounts.pipe(into(choosy(kept, 5))) }),
    }).run({ handleSignals: false })
  await expect(run()).rejects.toMatchObject({ code: 'RESULT_REFUSED', message: expect.stringContaining('too large for the table') })
  expect(kept.rows).toEqual([])
  expect(await run(dead)).toMatchObject({ refused: 2, written: { kept: 2 } })
  expect(kept.rows.map(({ amount }) => amount)).toEqual([5, 1])
  expect(dead.rows).toMatchObject([
    { topic: 'flow:kept', partition: 'memory-0', position: 0, reason: `${LARGEST} is too large for the table` },
    { topic: 'flow:kept', partition: 'memory-0', position: 1, reason: '7 is too large for the table' },
  ])
})

test('rows of flows are no messages', () => {
  expect([isOfFlow({ topic: 'flow:all' }), isOfFlow({ topic: 'tickets' })]).toEqual([true, false])
})
