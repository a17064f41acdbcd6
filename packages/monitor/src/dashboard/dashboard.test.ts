import { Batch, DeadLetter, Ticket } from '@tickets/core'
import { memorySink } from '@tickets/core/testing'
import { expect, it } from 'vitest'
import { rangeOf, runOf } from '../../test/runs.ts'
import { at, type ByType, batchOf, byType, range, windowOf } from '../../test/windows.ts'
import { monitor } from '../monitor.ts'
import { dashboard, isDashboard } from './dashboard.ts'

it('is a monitor, and shows the same runs', () => {
  const live = dashboard({ patience: 9 })
  const watcher = live.watch(runOf())
  watcher.committed?.(rangeOf({ rows: 5, written: { all: { rows: 5, files: 1, bytes: 80 } } }))
  expect(live.readiness().ok).toBe(true)
  expect(live.status()).toMatchObject([{ name: 'lake', ranges: [{ rows: 5 }] }])
  expect(live.view().pipelines).toMatchObject([{ name: 'lake', counts: { rows: 5, ranges: 1 }, outputs: [{ flow: 'all', rows: 5 }] }])
  expect([isDashboard(live), isDashboard(monitor())]).toEqual([true, false])
})

it('counts on when a pipeline runs again, and a backfill on its own', () => {
  const live = dashboard()
  for (const backfill of [null, null, 'old']) live.watch(runOf({ backfill })).committed?.(rangeOf({ rows: 5 }))
  expect(live.view().pipelines.map(({ name, counts }) => [name, counts.rows])).toEqual([
    ['lake', 10],
    ['lake/old', 5],
  ])
})

it('shows the panels of logs that it has runs of', async () => {
  const live = dashboard()
  const sink = live.panel(memorySink<ByType>(), { title: 'Types', value: 'tickets', by: 'type' })
  const writer = await sink.open(at, byType)
  await writer.write(batchOf(windowOf(0)))
  await writer.publish((await writer.stage(0, 'a', range)) ?? {})
  live.watch(runOf({ logId: 'log1' }))
  expect(live.panels()).toMatchObject([{ title: 'Types', pipeline: 'lake', flow: 'by_type', windows: [{ values: [1, null] }] }])
  expect(live.changes).toBe(2)
})

it('counts rejected messages by the kind of their reason', async () => {
  const live = dashboard()
  live.watch(runOf({ logId: 'log1' })).committed?.(rangeOf({ rejected: 3 }))
  for (const task of ['t-0', 't-1']) {
    const writer = await live.rejections(memorySink<DeadLetter>(), Ticket).open({ logId: 'log1', task, flow: '@dead_letters' }, DeadLetter)
    const letter = {
      topic: 't',
      partition: task,
      position: 0,
      timestamp: null,
      reason: 'not JSON: x',
      key: null,
      value: 'x',
      encoding: 'utf8',
    } as const
    await writer.write(Batch.of(DeadLetter, [letter]))
    await writer.publish((await writer.stage(0, 'a', range)) ?? {})
  }
  expect(live.view().pipelines[0]?.losses).toEqual([
    { kind: 'rejected', where: 'not JSON', rows: 2 },
    { kind: 'rejected', where: null, rows: 1 },
  ])
})
