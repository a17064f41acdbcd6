import { expect, test } from 'vitest'
import * as z from 'zod'
import { count } from '../aggregate/count.ts'
import { Batch } from '../batch/batch.ts'
import { defineSchema } from '../schema/define.ts'
import { PartitionClock } from '../time/watermark.ts'
import { instant } from '../values/instant.ts'
import { AlignedEngine } from './engine/aligned-engine.ts'
import { SessionStarts } from './engine/session-starts.ts'
import { TimedKeys } from './engine/timed-keys.ts'
import { Accumulators } from './groups/accumulators.ts'
import { session } from './session.ts'
import { sliding } from './sliding.ts'
import { tumbling } from './tumbling.ts'

const Row = defineSchema(z.object({ key: z.string(), at: instant() }), { name: 'row', time: 'at' })

/** 10,000,000 rows over 1,000,000 keys with `STATE_ROWS=10000000`; a hundredth of it otherwise. */
const rows = Number(process.env.STATE_ROWS ?? 100_000)
const keys = rows / 10
const SIZE = 2_000

/** Feeds rows that go round the keys, ten rows a second, and returns the largest state and memory seen in each half. */
function feed(take: (batch: Batch<unknown>, watermark: number) => number): { held: [number, number]; heap: [number, number] } {
  const clock = new PartitionClock(0)
  const seen = { held: [0, 0] as [number, number], heap: [0, 0] as [number, number] }
  for (let from = 0; from < rows; from += SIZE) {
    const batch = Batch.of(
      Row,
      Array.from({ length: SIZE }, (_, i) => ({ key: `k${(from + i) % keys}`, at: new Date((from + i) * 100) })),
    )
    const stamped = clock.stamp(batch)
    const half = from < rows / 2 ? 0 : 1
    seen.held[half] = Math.max(seen.held[half], take(stamped, clock.watermark))
    if (from % (SIZE * 20) === 0) {
      ;(globalThis as { gc?: () => void }).gc?.()
      seen.heap[half] = Math.max(seen.heap[half], process.memoryUsage().heapUsed)
    }
  }
  return seen
}

const accumulators = () => new Accumulators({ n: count() })
const local = (window: ReturnType<typeof session>) => {
  const engine = window.local?.({ by: ['key'], accumulators: accumulators(), maxKeys: 1_000_000 })
  if (!engine) throw new Error('not local')
  return (batch: Batch<unknown>, watermark: number) => {
    engine.add(batch)
    engine.close(watermark)
    engine.snapshot(false)
    return engine.held
  }
}

test.each([
  [
    'tumbling',
    () => {
      const engine = new AlignedEngine(tumbling({ size: '1 minute' }), ['key'], accumulators(), { maxWindows: 100, maxKeys: 1_000_000 })
      return (batch: Batch<unknown>, watermark: number) => {
        engine.add(batch)
        engine.partials(watermark, 'none')
        engine.snapshot(false)
        return engine.held
      }
    },
  ],
  ['session', () => local(session({ gap: '10 seconds' }))],
  ['sliding', () => local(sliding({ size: '10 seconds' }))],
  [
    'dedupe',
    () => {
      const known = new TimedKeys(['key'], 1_000_000)
      return (batch: Batch<unknown>, watermark: number) => {
        const ids = known.reader(batch)
        for (let i = 0; i < batch.length; i++) known.add(ids.idOf(i), watermark)
        known.forget(watermark - 10_000)
        known.snapshot(false)
        return known.held
      }
    },
  ],
  [
    'sessionize',
    () => {
      const starts = new SessionStarts(['key'], 10_000, 1_000_000)
      return (batch: Batch<unknown>, watermark: number) => {
        const ids = starts.reader(batch)
        for (let i = 0; i < batch.length; i++) starts.startOf(ids.idOf(i), watermark, watermark)
        starts.forget(watermark)
        starts.snapshot(false)
        return starts.held
      }
    },
  ],
])(`%s: ${rows} rows over ${keys} keys leave no more behind at the end than at the start`, { timeout: 1_200_000 }, (_what, make) => {
  const { held, heap } = feed(make())
  expect(held[1]).toBeLessThanOrEqual(held[0] * 1.1)
  expect(held[1]).toBeLessThan(10 * SIZE)
  // Without a forced collection the heap says little.
  if ('gc' in globalThis) expect(heap[1]).toBeLessThan(heap[0] * 1.3)
})

test('more than may be held is an error that says what to do', () => {
  const engine = new AlignedEngine(tumbling({ size: '1 minute' }), ['key'], accumulators(), { maxWindows: 1, maxKeys: 10 })
  const rowsAt = (times: number[]) =>
    new PartitionClock(1e9).stamp(
      Batch.of(
        Row,
        times.map((at, i) => ({ key: `k${i}`, at: new Date(at) })),
      ),
    )
  expect(() => engine.add(rowsAt([0, 60_000]))).toThrow('2 open windows are more than the 1 allowed')
  expect(() => engine.add(rowsAt(Array.from({ length: 11 }, () => 0)))).toThrow('allowed')
})
