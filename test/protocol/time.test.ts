import { describe, expect, test } from 'vitest'
import { count } from '../../packages/core/src/aggregate/count.ts'
import { filterRows } from '../../packages/core/src/operators/filter-rows.ts'
import { into } from '../../packages/core/src/operators/into.ts'
import { windowed } from '../../packages/core/src/operators/windowed.ts'
import { pipeline } from '../../packages/core/src/pipeline/pipeline.ts'
import { memoryLog } from '../../packages/core/src/testing/memory-log.ts'
import { memorySink } from '../../packages/core/src/testing/memory-sink.ts'
import { memorySource } from '../../packages/core/src/testing/memory-source.ts'
import { tumbling } from '../../packages/core/src/window/tumbling.ts'
import { Event, lake, memorySinks, memoryWorld, messages } from '../../packages/core/test/lake.ts'

/** Windows of 10 seconds; `keep` filters before them. Seconds may be negative: before 1970 plus `offset`. */
async function windows(
  seconds: readonly number[],
  { grace = 0, offset = 0, epoch = 0, keep = (who: number) => who < Number.POSITIVE_INFINITY, maxOutOfOrderness = 0 } = {},
) {
  const text = new TextEncoder()
  const rows = seconds.map((second, i) => ({
    offset: i,
    value: text.encode(JSON.stringify({ at: new Date(epoch + second * 1000).toISOString(), kind: 'a', who: Math.round(second) })),
  }))
  const [shown, late] = [memorySink<{ window_start: Date; rows: number }>('shown'), memorySink('late')]
  await pipeline({
    name: 'p',
    source: memorySource({ schema: Event, partitions: [rows] }),
    log: memoryLog(),
    late: late as never,
    maxOutOfOrderness,
    flows: (events) => ({
      w: events.pipe(
        filterRows(({ who }) => keep(who)),
        windowed(tumbling({ size: 10_000, grace: grace * 1000, offset }), { aggregate: { rows: count() } }),
        into(shown as never),
      ),
    }),
  }).run({ handleSignals: false })
  return {
    shown: shown.rows.map(({ window_start, rows }) => [(window_start.getTime() - epoch) / 1000, rows]),
    late: late.rows.map((row) => (row as { position: number }).position),
  }
}

describe('5.1', () => {
  test('windows are [start, end), aligned to the epoch plus offset, floor for negative times', async () => {
    expect((await windows([-10, -0.001, 0, 9.999, 10])).shown).toEqual([
      [-10, 2],
      [0, 2],
      [10, 1],
    ])
    expect((await windows([-7.001, -7, 2.999, 3], { offset: 3000 })).shown).toEqual([
      [-17, 1],
      [-7, 2],
      [3, 1],
    ])
  })

  test('a filter does not slow the clock: rows it drops move it too', async () => {
    expect((await windows([1, 25, 2, 26], { keep: (who) => who !== 25 })).late).toEqual([2])
  })

  test('maxOutOfOrderness holds the watermark back', async () => {
    expect((await windows([1, 14, 2], { maxOutOfOrderness: 5000 })).late).toEqual([])
    expect((await windows([1, 15, 2], { maxOutOfOrderness: 5000 })).late).toEqual([2])
  })
})

describe('5.2', () => {
  test('a window closes when end + grace <= W, to the millisecond', async () => {
    expect((await windows([1, 9.999, 2])).late).toEqual([])
    expect((await windows([1, 10, 2])).late).toEqual([2])
    expect((await windows([1, 13.999, 2], { grace: 4 })).late).toEqual([])
    expect((await windows([1, 14, 2], { grace: 4 })).late).toEqual([2])
  })

  test('a row that itself moves the watermark is never late, nor is one before it', async () => {
    expect(await windows([1, 100, 101])).toEqual({
      shown: [
        [0, 1],
        [100, 2],
      ],
      late: [],
    })
  })

  test('lateness is tested against the watermark just before each row, whatever the batch', async () => {
    expect((await windows([1, 2, 50, 3, 39, 51, 4])).late).toEqual(
      [3, 4, 6]
        .filter((i) => i !== 4)
        .concat([4])
        .sort(),
    )
  })
})

test('5.4 idleness and the end of runs decide when a result is shown, not what counts', async () => {
  const script = [1, 4, 15, 3, 31, 2, 30]
  const whole = memoryWorld([script])
  await lake(whole).run({ handleSignals: false })
  const partition = [...messages(script.slice(0, 1))]
  const [log, sinks] = [memoryLog(), memorySinks()]
  for (let n = 1; n <= script.length; n++) {
    partition.splice(0, partition.length, ...messages(script.slice(0, n)))
    await lake({ source: memorySource({ schema: Event, partitions: [partition], until: 'now' }), log, sinks }).run({ handleSignals: false })
  }
  expect(sinks.late.rows).toEqual(whole.sinks.late.rows)
  const last = new Map(sinks.windows.rows.map(({ revision: _, ...row }) => [`${row.window_start.getTime()} ${row.kind}`, row]))
  expect([...last.entries()].sort().map(([, row]) => row)).toEqual(
    whole.sinks.windows.rows
      .map(({ revision: _, ...row }) => row)
      .sort((a, b) => (`${a.window_start.getTime()} ${a.kind}` < `${b.window_start.getTime()} ${b.kind}` ? -1 : 1)),
  )
})

test("5.5 a time that far beyond its message's own is rejected, and does not move the watermark", async () => {
  const sinks = memorySinks()
  const stamped = messages([1, 5000, 2]).map((message) => ({ ...message, timestamp: Date.UTC(2026, 0, 1) }))
  await lake({ source: memorySource({ schema: Event, partitions: [stamped] }), log: memoryLog(), sinks }, { maxFuture: '1 minute' }).run({
    handleSignals: false,
  })
  expect(sinks.all.rows).toHaveLength(2)
  expect(sinks.dead.rows).toMatchObject([{ position: 1, reason: expect.stringContaining('maxFuture') }])
  expect(sinks.late.rows).toEqual([])
})
