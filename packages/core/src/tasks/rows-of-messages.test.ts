import { expect, test } from 'vitest'
import * as z from 'zod'
import { count } from '../aggregate/count.ts'
import { first, last } from '../aggregate/first-last.ts'
import type { DeadLetter } from '../connectors/dead-letter.ts'
import type { LateRow } from '../connectors/late-row.ts'
import { into } from '../operators/into.ts'
import { windowed } from '../operators/windowed.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import { defineSchema } from '../schema/define.ts'
import { crashEverywhere } from '../testing/crash-everywhere.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { memorySink } from '../testing/memory-sink.ts'
import { memorySource, messagesOf } from '../testing/memory-source.ts'
import { quickClock } from '../testing/quick-clock.ts'
import { instant } from '../values/instant.ts'
import { tumbling } from '../window/tumbling.ts'

const Item = defineSchema(z.object({ at: instant(), order: z.int(), item: z.string() }), {
  name: 'item',
  time: 'at',
  from: z.object({ order: z.int(), items: z.array(z.tuple([z.string(), z.int()])) }),
  map: ({ order, items }) => items.map(([item, second]) => ({ at: new Date(second * 1000), order, item })),
})
type Item = { at: Date; order: number; item: string }

const order = (n: number, ...items: readonly (readonly [string, number])[]) => ({ order: n, items })
/** Messages of 0, 1 and 3 rows, and an invalid one. */
const orders = [
  order(0),
  order(1, ['a', 1]),
  order(2, ['a', 3], ['b', 2], ['c', 9]),
  order(3),
  order(4, ['a', 11]),
  'x',
  order(5, ['b', 12], ['c', 12], ['a', 14]),
  order(6),
]
const rowsOf = (all: readonly unknown[]) =>
  all.flatMap((one) => (typeof one === 'string' ? [] : (one as ReturnType<typeof order>).items.map(([item]) => item)))

const run = (more: { chunk?: number; range?: { rows: number }; messages?: readonly unknown[] } = {}) => {
  const [items, invalid] = [memorySink<Item>('items'), memorySink<DeadLetter>('invalid')]
  const log = memoryLog()
  const made = pipeline({
    name: 'orders',
    source: memorySource({ schema: Item, partitions: [messagesOf(more.messages ?? orders)], ...(more.chunk ? { chunk: more.chunk } : {}) }),
    log,
    clock: quickClock,
    deadLetters: invalid,
    ...(more.range ? { range: more.range } : {}),
    flows: (all) => ({ items: all.pipe(into(items)) }),
  })
  return { made, items, invalid, log }
}

test('law 4: what was read is written, rejected or unmapped, and each is counted', async () => {
  const { made, items, invalid } = run()
  const summary = await made.run()
  expect(summary).toMatchObject({ rows: 12, rejected: 1, unmapped: 3, written: { items: 8 } })
  expect(summary.rows).toBe((summary.written.items ?? 0) + summary.rejected + summary.unmapped)
  expect([items.rows.map(({ item }) => item), invalid.rows.map(({ position }) => position)]).toEqual([rowsOf(orders), [5]])
  expect(await made.run()).toMatchObject({ rows: 0, unmapped: 0 })
})

test('a range ends between messages, never inside of one, and messages without rows fill it too', async () => {
  for (const chunk of [1, 2, 3]) {
    const { made, items, log } = run({ chunk, range: { rows: 2 } })
    await made.run()
    const written: Item[][] = Object.values(Object.groupBy(items.rows, (row) => row.order) as Record<string, Item[]>)
    expect(written.map((rows) => rows.length)).toEqual([1, 3, 1, 3])
    const ends: number[] = []
    for await (const { body } of log.read('memory-0', -1)) ends.push((body as { to: number }).to)
    expect(ends.at(-1)).toBe(orders.length)
    expect(new Set(ends).size).toBeGreaterThan(2)
  }
  const empty = run({ chunk: 1, range: { rows: 2 }, messages: [order(0), order(1), order(2), order(3)] })
  expect(await empty.made.run()).toMatchObject({ rows: 4, unmapped: 4, written: { items: 0 } })
})

test('law 1: a crash at any step loses and repeats no row of a message', async () => {
  const report = await crashEverywhere({
    world: () => ({
      source: memorySource({ schema: Item, partitions: [messagesOf(orders.slice(0, 6))], chunk: 2 }),
      log: memoryLog(),
      sinks: {
        items: memorySink<Item>('items'),
        invalid: memorySink<DeadLetter>('invalid'),
        windows: memorySink('windows'),
        late: memorySink<LateRow>('late'),
      },
    }),
    pipeline: ({ source, log, sinks }) =>
      pipeline({
        name: 'orders',
        source,
        log,
        clock: quickClock,
        deadLetters: sinks.invalid,
        late: sinks.late,
        range: { rows: 3 },
        flows: (all) => ({
          items: all.pipe(into(sinks.items)),
          windows: all.pipe(windowed(tumbling({ size: '5 seconds' }), { by: 'item', aggregate: { n: count() } }), into(sinks.windows as never)),
        }),
      }),
  })
  expect(report.crashes).toBeGreaterThan(40)
})

test('no row of a message makes another row of it late, and rows of later messages may be', async () => {
  const [windows, late] = [memorySink<{ n: number; from: string; to: string }>('windows'), memorySink<LateRow>('late')]
  const summary = await pipeline({
    name: 'orders',
    source: memorySource({ schema: Item, partitions: [messagesOf([order(1, ['x', 20], ['x', 1], ['x', 2]), order(2, ['x', 3], ['x', 21])])] }),
    log: memoryLog(),
    clock: quickClock,
    late,
    flows: (all) => ({
      windows: all.pipe(
        windowed(tumbling({ size: '5 seconds' }), { by: 'item', aggregate: { n: count(), from: first('order'), to: last('order') } }),
        into(windows as never),
      ),
    }),
  }).run()
  expect(windows.rows).toMatchObject([
    { n: 2, from: 1, to: 1 },
    { n: 2, from: 1, to: 2 },
  ])
  expect(late.rows.map(({ position, row }) => [position, JSON.parse(row).at])).toEqual([[1, '1970-01-01T00:00:03.000Z']])
  expect(summary.late).toEqual({ 'windows/windowed': 1 })
})
