import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { count } from '../../aggregate/count.ts'
import { sum } from '../../aggregate/sum.ts'
import { Batch, internals } from '../../batch/batch.ts'
import { RollingRounds } from '../../records/rolling-rounds.ts'
import { defineSchema } from '../../schema/define.ts'
import { instant } from '../../values/instant.ts'
import { defineTotals, totalsSchema } from './definition.ts'
import { TotalsOutput } from './totals-output.ts'
import { TotalsRun } from './totals-run.ts'

const Row = defineSchema(z.object({ key: z.string(), at: instant(), amount: z.number() }), { name: 'row', time: 'at' })
type Total = { key: string; n: number; paid: number; revision: number }

function started(options: object = {}) {
  const definition = defineTotals({ by: 'key', aggregate: { n: count(), paid: sum('amount') }, ...options } as never)
  const emitted: Total[] = []
  const end = { origin: 'hand' as const, next: (rows: Batch<unknown>) => void emitted.push(...(rows.toArray() as Total[])), refuse() {} }
  const run = new TotalsRun(definition, Row, new TotalsOutput('totals', totalsSchema(Row, definition), 1, end, {}))
  return { run, emitted }
}

/** Keys and times, each with the largest time before it as its watermark. */
function batchOf(rows: readonly (readonly [key: string, time: number])[], before = Number.NEGATIVE_INFINITY): Batch<unknown> {
  const made = Batch.of(
    Row,
    rows.map(([key, time]) => ({ key, at: new Date(time), amount: 0.1 })),
  )
  let high = before
  const watermarks = Float64Array.from(rows, ([, time]) => {
    const watermark = high
    high = Math.max(high, time)
    return watermark
  })
  return internals.make(Row, internals.columns(made), rows.length, { watermarks, offsets: new Float64Array(rows.length) })
}

test('the records since the last whole round hold everything, however keys come, go and restart', () => {
  const step = fc.record({ from: fc.nat(900), count: fc.nat(300), later: fc.nat(30), restart: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), fc.constantFrom(undefined, 40), (steps, ttl) => {
      const options = ttl ? { ttl } : {}
      let { run } = started(options)
      const control = started(options)
      const rounds = new RollingRounds()
      const records: Uint8Array[] = []
      let now = 0
      for (const { from, count: many, later, restart } of steps) {
        now += later
        const rows = Array.from({ length: many }, (_, i) => [`key${(from + i) % 1000}`, now] as const)
        for (const one of [run, control.run]) {
          one.rows(batchOf(rows, now - later))
          one.show()
        }
        const { bytes, endsRound } = run.snapshot()
        rounds.next('totals', records.length, endsRound)
        records.push(bytes)
        if (!restart) continue
        run = started(options).run
        for (const [n, record] of records.entries()) if (rounds.needs('totals', n)) run.restore(record)
      }
      // Another row for each key shows all that is held.
      const all = batchOf(
        Array.from({ length: 1000 }, (_, i) => [`key${i}`, now] as const),
        now,
      )
      const again = started(options)
      for (const [n, record] of records.entries()) if (rounds.needs('totals', n)) again.run.restore(record)
      control.emitted.length = 0
      for (const one of [again.run, control.run]) {
        one.rows(all)
        one.show()
      }
      expect(again.emitted).toEqual(control.emitted)
    }),
    { numRuns: 60 },
  )
})

test('a snapshot is as long as what changed and a part of the rest', () => {
  const { run } = started()
  const rows = (from: number, many: number) => batchOf(Array.from({ length: many }, (_, i) => [`key${from + i}`, 1] as const))
  for (let i = 0; i < 4; i++) run.rows(rows(i * 16_000, 16_000))
  const whole = run.snapshot().bytes.length
  run.rows(rows(0, 1))
  expect(run.snapshot().bytes.length).toBeLessThan(whole / 200)
  let records = 2
  while (!run.snapshot().endsRound) records++
  expect(records).toBeLessThanOrEqual(256)
})

test('stops at its limit, says what to do, and forgets keys that are gone first', () => {
  const keys = (from: number, time: number) =>
    batchOf(
      Array.from({ length: 5_000 }, (_, i) => [`key${from + i}`, time] as const),
      time,
    )
  const full = started({ stateLimit: '1 MB' })
  const fill = () => {
    for (let i = 0; i < 10; i++) full.run.rows(keys(i * 5_000, i))
  }
  expect(fill).toThrow(
    expect.objectContaining({
      code: 'STATE_LIMIT',
      message: expect.stringMatching(
        /^"runningTotals" holds 1\.\d+ MB for \d+ keys, more than its stateLimit of 1 MB: raise stateLimit .* give it a ttl/,
      ),
    }),
  )
  const brief = started({ stateLimit: '1 MB', ttl: 1 })
  for (let i = 0; i < 10; i++) {
    brief.run.rows(keys(i * 5_000, i * 10))
    brief.run.snapshot()
  }
  brief.run.show()
  expect(brief.emitted.length).toBe(50_000)
  // What is emitted early for that is emitted once.
  expect(new Set(brief.emitted.map(({ key }) => key)).size).toBe(50_000)
})

test('a key that went after it was saved is not held after a restart', () => {
  const { run } = started({ ttl: 5 })
  run.rows(batchOf(Array.from({ length: 1_000 }, (_, i) => [`key${i}`, 0] as const)))
  run.show()
  const records = [run.snapshot().bytes]
  // Keys that are gone are looked for once enough rows have passed.
  run.rows(
    batchOf(
      Array.from({ length: 300 }, () => ['other', 100] as const),
      100,
    ),
  )
  run.show()
  records.push(run.snapshot().bytes)
  const again = started({ ttl: 5 }).run
  for (const record of records) again.restore(record)
  // A round from the first key to the last holds one key.
  const round = again.snapshot()
  expect(round.endsRound).toBe(true)
  expect(round.bytes.length).toBeLessThan(100)
})

test('a state of another format is refused', () => {
  const { run } = started()
  expect(() => run.restore(Uint8Array.of(9))).toThrow(expect.objectContaining({ code: 'OPERATOR_STATE' }))
})

test('revisions grow over lives of a key that end within one range', () => {
  const { run, emitted } = started({ ttl: 5 })
  run.rows(
    batchOf([
      ['a', 0],
      ['b', 10],
      ['a', 11],
      ['b', 30],
      ['a', 31],
    ]),
  )
  run.show()
  const of = (key: string) => emitted.filter((one) => one.key === key).map(({ n, revision }) => [n, revision])
  expect(of('a').map(([n]) => n)).toEqual([1, 1, 1])
  for (const key of ['a', 'b']) expect(of(key).map(([, revision]) => revision)).toEqual([...new Set(of(key).map(([, revision]) => revision))].sort())
})

test('rounds end although each run takes one snapshot', () => {
  const rounds = new RollingRounds()
  const records: Uint8Array[] = []
  let ended = 0
  for (let n = 0; n < 20; n++) {
    const { run } = started()
    for (const [record, bytes] of records.entries()) if (rounds.needs('totals', record)) run.restore(bytes)
    run.rows(batchOf(Array.from({ length: n === 0 ? 300 : 1 }, (_, i) => [`key${i}`, n] as const)))
    const { bytes, endsRound } = run.snapshot()
    rounds.next('totals', n, endsRound)
    records.push(bytes)
    if (endsRound) ended++
  }
  expect(ended).toBeGreaterThan(2)
})
