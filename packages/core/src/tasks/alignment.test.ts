import { expect, test } from 'vitest'
import { memoryLog } from '../testing/memory-log.ts'
import { quickClock } from '../testing/quick-clock.ts'
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
