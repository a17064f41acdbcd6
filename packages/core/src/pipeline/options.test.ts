import { describe, expect, test } from 'vitest'
import { Event } from '../../test/lake.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { memorySource } from '../testing/memory-source.ts'
import { quickClock } from '../testing/quick-clock.ts'
import { type PipelineOptions, resolveOptions } from './options.ts'

const DAY = 86_400_000

const resolve = (more: Partial<PipelineOptions<Event, number>> = {}, until: 'never' | 'now' | 'complete' = 'never') =>
  resolveOptions({ name: 'p', source: memorySource({ schema: Event, partitions: [], until }), log: memoryLog(), flows: () => ({}), ...more })

test('fills in the defaults, in milliseconds', () => {
  const { clock: _, logger: __, ...rest } = resolve()
  expect(rest).toEqual({
    time: { maxOutOfOrderness: 0, idleTimeout: 60_000, maxFuture: DAY, keepFor: DAY, maxDrift: Number.POSITIVE_INFINITY },
    range: { rows: 1_000_000, bytes: 64 * 1024 * 1024, time: 30_000 },
    memory: 64 * 1024 * 1024,
    retries: 8,
    drainTimeout: 30_000,
  })
})

test.each(['now', 'complete'] as const)('has no idle timeout where the source reads until %s, unless one is given', (until) => {
  expect(resolve({}, until).time.idleTimeout).toBe(Number.POSITIVE_INFINITY)
  expect(resolve({ idleTimeout: '5 seconds' }, until).time.idleTimeout).toBe(5_000)
})

test('a range holds what `memory` allows, unless it is given its own bytes', () => {
  expect(resolve({ memory: 1000 }).range.bytes).toBe(1000)
  expect(resolve({ memory: 1000, range: { bytes: 10, rows: 5, time: '1 hour' } }).range).toEqual({ bytes: 10, rows: 5, time: 3_600_000 })
})

test('keeps the clock that is given, and calls the logger that is given', () => {
  const told: string[] = []
  const { clock, logger } = resolve({
    clock: quickClock,
    logger: { debug() {}, info() {}, warn: (text) => void told.push(text), error() {} },
  })
  logger.warn('careful')
  expect([clock, told]).toEqual([quickClock, ['careful']])
})

test.each(['idleTimeout', 'maxFuture', 'keepFor', 'maxDrift'] as const)('%s can be off, and is no time from 0 down', (name) => {
  expect(resolve({ [name]: Number.POSITIVE_INFINITY }).time[name]).toBe(Number.POSITIVE_INFINITY)
  expect(() => resolve({ [name]: 0 })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(name) }))
  expect(() => resolve({ [name]: -1 })).toThrow(name)
})

describe('refuses', () => {
  test.each<[object, string]>([
    [{ name: '' }, 'got ""'],
    [{ name: 'a b' }, 'got "a b"'],
    [{ name: 'a/b' }, 'got "a/b"'],
    [{ changes: { added: 'next-version' } }, 'changes.added'],
    [{ changes: { changed: 'current' } }, 'changes.changed'],
    [{ changes: { dropped: 'forget' } }, 'changes.dropped'],
    [{ maxOutOfOrderness: 'soon' }, 'maxOutOfOrderness'],
    [{ maxOutOfOrderness: Number.POSITIVE_INFINITY }, 'maxOutOfOrderness'],
    [{ range: { rows: 0 } }, 'range.rows'],
    [{ range: { rows: 1.5 } }, 'range.rows'],
    [{ range: { bytes: Number.NaN } }, 'range.bytes'],
    [{ range: { time: 0 } }, 'range.time'],
    [{ memory: -1 }, 'memory'],
    [{ drainTimeout: Number.POSITIVE_INFINITY }, 'drainTimeout'],
    // A number of retries that no count reaches would hide a fault for ever.
    [{ retries: Number.NaN }, 'retries is a whole number from 0, got NaN'],
    [{ retries: -1 }, 'retries'],
    [{ retries: 0.5 }, 'retries'],
    [{ retries: '3' }, 'retries'],
  ])('%o', (more, says) => {
    expect(() => resolve(more)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(says) }))
  })
})

test('may say never to retry, or never to give up', () => {
  expect(resolve({ retries: 0 }).retries).toBe(0)
  expect(resolve({ retries: Number.POSITIVE_INFINITY }).retries).toBe(Number.POSITIVE_INFINITY)
})
