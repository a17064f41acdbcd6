import { of } from 'rxjs'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { count } from '../aggregate/count.ts'
import { Batch, internals } from '../batch/batch.ts'
import type { Sink } from '../connectors/sink.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import { defineSchema } from '../schema/define.ts'
import { checkOperator } from '../testing/check-operator.ts'
import { crashEverywhere } from '../testing/crash-everywhere.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { type MemorySink, memorySink } from '../testing/memory-sink.ts'
import { memorySource, messagesOf } from '../testing/memory-source.ts'
import { quickClock } from '../testing/quick-clock.ts'
import { instant } from '../values/instant.ts'
import { tumbling } from '../window/tumbling.ts'
import { flatMapRows } from './flat-map-rows.ts'
import { into } from './into.ts'
import { windowed } from './windowed.ts'

const Order = defineSchema(z.object({ at: instant(), items: z.int() }), { name: 'order', time: 'at' })
const Item = defineSchema(z.object({ at: instant(), item: z.int() }), { name: 'item', time: 'at' })
interface Item {
  at: Date
  item: number
}

const at = (second: number) => new Date(1767225600000 + second * 1000)
const itemsOf = ({ at, items }: { at: Date; items: number }): Item[] => Array.from({ length: items }, (_, item) => ({ at, item }))
const explodeItems = () => flatMapRows(Item, itemsOf)

function flatten(batch: Batch<{ at: Date; items: number }>): Batch<Item>[] {
  const made: Batch<Item>[] = []
  of(batch)
    .pipe(explodeItems())
    .subscribe((one) => made.push(one))
  return made
}

test('makes none, one or several rows of each row, in their order', () => {
  const [made, ...more] = flatten(
    Batch.of(
      Order,
      [2, 0, 1].map((items, i) => ({ at: at(i), items })),
    ),
  )
  expect(more).toEqual([])
  expect(made?.toArray()).toEqual([
    { at: at(0), item: 0 },
    { at: at(0), item: 1 },
    { at: at(2), item: 0 },
  ])
})

test('each row keeps the position and the watermark of its parent', () => {
  const plain = Batch.of(
    Order,
    [3, 0, 2].map((items, i) => ({ at: at(i), items })),
  )
  const metadata = { watermarks: Float64Array.of(10, 20, 30), offsets: Float64Array.of(7, 8, 9) }
  const [made] = flatten(internals.make(Order, internals.columns(plain), plain.length, metadata, 'task'))
  expect(made && internals.metadata(made)).toEqual({ watermarks: Float64Array.of(10, 10, 10, 30, 30), offsets: Float64Array.of(7, 7, 7, 9, 9) })
  expect(made && internals.origin(made)).toBe('task')
})

test('a batch without rows passes, and so does one of which no row is left', () => {
  expect(flatten(Batch.of(Order, [])).map(({ length, schema }) => [length, schema])).toEqual([[0, Item]])
  expect(flatten(Batch.of(Order, [{ at: at(0), items: 0 }])).map(({ length }) => length)).toEqual([0])
})

test('rows that become many are cut into batches, and none is lost', () => {
  const made = flatten(
    Batch.of(
      Order,
      [20_000, 1, 16_383].map((items, i) => ({ at: at(i), items })),
    ),
  )
  expect(made.map(({ length }) => length)).toEqual([16_384, 16_384, 3616])
  expect(made.flatMap((batch) => batch.toArray())).toEqual([20_000, 1, 16_383].flatMap((items, i) => itemsOf({ at: at(i), items })))
})

test('keeps the laws of operators', () => {
  checkOperator(Order, explodeItems(), { rows: Array.from({ length: 100 }, (_, i) => ({ at: at(i - (i % 3)), items: i % 4 })) })
})

test('the rows of one message count in windows, and are there once whatever crashes', async () => {
  const orders = Array.from({ length: 12 }, (_, i) => ({ at: at(i * 7 - (i % 3) * 5), items: i % 4 }))
  type Sinks = { items: MemorySink<Item>; windows: MemorySink<{ window_start: Date; window_end: Date; items: number; revision: number }> }
  const report = await crashEverywhere({
    world: () => ({
      source: memorySource({ schema: Order, partitions: [messagesOf(orders.slice(0, 7)), messagesOf(orders.slice(7))], until: 'complete', chunk: 2 }),
      log: memoryLog(),
      sinks: { items: memorySink<Item>('items'), windows: memorySink('windows') } as Sinks & Record<string, Sink<never>>,
    }),
    pipeline: ({ source, log, sinks }) =>
      pipeline({
        name: 'orders',
        source: source as ReturnType<typeof memorySource<{ at: Date; items: number }>>,
        log,
        clock: quickClock,
        range: { rows: 2 },
        flows: (all) => ({
          items: all.pipe(explodeItems(), into(sinks.items as Sink<Item>)),
          windows: all.pipe(
            explodeItems(),
            windowed(tumbling({ size: '20 seconds', grace: '1 minute' }), { aggregate: { items: count() } }),
            into(sinks.windows as Sinks['windows']),
          ),
        }),
      }),
  })
  expect(report.crashes).toBeGreaterThan(50)
})

test('a window counts every row of a message, and none of them is late for the others', async () => {
  const windows = memorySink<{ window_start: Date; window_end: Date; items: number; revision: number }>()
  const orders = Array.from({ length: 30 }, (_, i) => ({ at: at(i * 10), items: 5 }))
  const { late } = await pipeline({
    name: 'orders',
    source: memorySource({ schema: Order, partitions: [messagesOf(orders)], until: 'complete', chunk: 4 }),
    log: memoryLog(),
    clock: quickClock,
    flows: (all) => ({
      windows: all.pipe(explodeItems(), windowed(tumbling({ size: '1 minute' }), { aggregate: { items: count() } }), into(windows)),
    }),
  }).run({ handleSignals: false })
  expect(late).toEqual({})
  expect(windows.rows.map(({ items }) => items)).toEqual([30, 30, 30, 30, 30])
})
