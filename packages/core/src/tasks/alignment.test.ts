import { expect, test } from 'vitest'
import { count } from '../aggregate/count.ts'
import { into } from '../operators/into.ts'
import { json } from '../operators/test-tickets.fixture.ts'
import { windowed } from '../operators/windowed.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { memorySink } from '../testing/memory-sink.ts'
import { memorySource, messagesOf } from '../testing/memory-source.ts'
import { quickClock } from '../testing/quick-clock.ts'
import { Ticket } from '../tickets/ticket.ts'
import { tumbling } from '../window/tumbling.ts'
import { WatermarkAlignment } from './alignment.ts'

const { signal } = new AbortController()

/** The gate of `t-0`; the other partitions run in another process, and these are their last records. */
async function gate(records: Readonly<Record<string, { watermark: number | null; idle: boolean; ended: boolean } | null>>) {
  const log = memoryLog()
  for (const [task, body] of Object.entries(records)) if (body) await log.append(task, { n: 0, attempt: 'a', files: {}, body: { ...body } })
  return new WatermarkAlignment(
    { clock: quickClock, log, time: { maxDrift: 10 }, partitions: ['t-0', ...Object.keys(records)], statuses: new Map() },
    't-0',
  )
}

const idle = { watermark: null, idle: true, ended: false }

test("another process's idle partition without rows holds nobody up", async () => {
  expect(await (await gate({ 't-1': idle })).hold(1000, signal)).toBe(false)
  expect(await (await gate({ 't-1': { ...idle, idle: false, ended: true } })).hold(1000, signal)).toBe(false)
})

test('a partition that has no record yet, or lags and is not idle, holds the others up', async () => {
  expect(await (await gate({ 't-1': null })).hold(1000, signal)).toBe(true)
  expect(await (await gate({ 't-1': idle, 't-2': { watermark: 900, idle: false, ended: false } })).hold(1000, signal)).toBe(true)
  expect(await (await gate({ 't-1': idle, 't-2': { watermark: 990, idle: false, ended: false } })).hold(1000, signal)).toBe(false)
})

test('maxDrift holds a fast partition back until the slow one follows', async () => {
  const widest = async (options: object) => {
    const at = new Map<string, number>()
    let gap = 0
    const inner = memorySource({
      schema: Ticket,
      partitions: [600, 60].map((step) => messagesOf(Array.from({ length: 40 }, (_, i) => json(i, i * step)))),
      chunk: 1,
    })
    const watched: typeof inner = {
      ...inner,
      async open(partition, from, opened) {
        const reader = await inner.open(partition, from, opened)
        return {
          ...reader,
          async read(limit) {
            const chunk = await reader.read(limit)
            if (chunk === 'end') at.set(partition, Number.NaN)
            else for (const row of chunk.batch) at.set(partition, row.created_at.getTime() / 1000)
            if (Number.isFinite(at.get('memory-1'))) gap = Math.max(gap, (at.get('memory-0') || 0) - (at.get('memory-1') ?? 0))
            return chunk
          },
        }
      },
    }
    const sink = memorySink<{ n: number }>('drift')
    await pipeline({
      name: 'drift',
      source: watched,
      log: memoryLog(),
      flows: (tickets) => ({ n: tickets.pipe(windowed(tumbling({ size: '1 day' }), { aggregate: { n: count() } }), into(sink as never)) }),
      ...options,
    }).run({ handleSignals: false })
    expect(sink.rows.map(({ n }) => n)).toEqual([80])
    return gap
  }
  expect(await widest({ maxDrift: '30 minutes' })).toBeLessThanOrEqual(1800 + 600)
  expect(await widest({})).toBeGreaterThan(1800 + 600)
})
