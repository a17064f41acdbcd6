import { describe, expect, it } from 'vitest'
import type { Json } from '../base/json.ts'
import type { SourceInfo } from '../connectors/source.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { MERGE } from './merge-record.ts'
import { isDone, isMerged, lastEnds, resolveRunEnd } from './run-end.ts'

const info = (ends: Record<string, number>): SourceInfo<Json> => ({
  topics: [],
  partitions: Object.entries(ends).map(([id, end]) => ({ id, topic: 't', earliest: 0, start: 0, end })),
})
const record = (n: number, body: object) => ({ n, attempt: 'a', files: {}, body: body as Json })

describe('the ends of a bounded run (4.5)', () => {
  it('a run that crashed is finished before the next begins', async () => {
    const log = memoryLog()
    expect(await resolveRunEnd(log, info({ 't-0': 3 }), false)).toEqual({ 't-0': 3 })
    await log.append('t-0', record(0, { idle: false, ended: false, to: 2 }))
    expect(await resolveRunEnd(log, info({ 't-0': 7 }), false)).toEqual({ 't-0': 3 })
    await log.append('t-0', record(1, { idle: true, ended: false, to: 3 }))
    expect(await resolveRunEnd(log, info({ 't-0': 7 }), false)).toEqual({ 't-0': 7 })
  })

  it('a run that crashed before its merge opened is finished by the next', async () => {
    const log = memoryLog()
    await resolveRunEnd(log, info({ 't-0': 3 }), true)
    await log.append('t-0', record(0, { idle: true, ended: false, to: 3 }))
    expect(await isMerged(log, ['t-0'])).toBe(false)
    expect(await resolveRunEnd(log, info({ 't-0': 7 }), true)).toEqual({ 't-0': 3 })
    await log.append(MERGE, record(0, { position: { 't-0': -1 } }))
    expect(await resolveRunEnd(log, info({ 't-0': 7 }), true)).toEqual({ 't-0': 3 })
    await log.append(MERGE, record(1, { position: { 't-0': 0 } }))
    expect(await resolveRunEnd(log, info({ 't-0': 7 }), true)).toEqual({ 't-0': 7 })
  })

  it('the merge waits for no record of a task that has none', async () => {
    const log = memoryLog()
    await log.append(MERGE, record(0, { position: {} }))
    expect(await isMerged(log, ['t-0'])).toBe(true)
    await log.append('t-0', record(0, { idle: false, ended: false, to: 2 }))
    expect(await isMerged(log, ['t-0'])).toBe(false)
  })

  it('a run that a live one has passed is over, wherever that one was killed', async () => {
    const log = memoryLog()
    await resolveRunEnd(log, info({ 't-0': 3, 't-1': 3 }), true)
    await log.append('t-0', record(0, { idle: false, ended: false, to: 5 }))
    expect(await resolveRunEnd(log, info({ 't-0': 7, 't-1': 9, 't-2': 4 }), true)).toEqual({ 't-0': 7, 't-1': 9, 't-2': 4 })
  })

  it('the last ones are known, and none before the first bounded run', async () => {
    const log = memoryLog()
    expect(await lastEnds(log)).toEqual({})
    for (const to of [3, 7]) {
      await resolveRunEnd(log, info({ 't-0': to }), false)
      expect(await lastEnds(log)).toEqual({ 't-0': to })
      await log.append('t-0', record(to, { idle: true, ended: false, to }))
    }
  })

  it('an idle task is done at its end and behind it', () => {
    const body = (to: number, idle = true) => ({ to, idle, ended: false })
    expect([isDone(body(2), 3), isDone(body(3), 3), isDone(body(4), 3), isDone(body(4, false), 3), isDone(body(3), undefined)]).toEqual([
      false,
      true,
      true,
      false,
      false,
    ])
  })
})
