import { expect, it } from 'vitest'
import type { PartitionView, ProgressView, WaitView } from '../dashboard/view.ts'
import { behind, flowName, lossSaid, partitionSaid, targetShort, waitNews, waitSaid } from './words.ts'

const NOW = Date.parse('2026-03-05T12:00:30Z')
const partition = (more: Partial<PartitionView> = {}): PartitionView => ({
  task: 't-2',
  state: 'running',
  read: 9,
  uncommitted: 0,
  lag: 0,
  watermark: NOW - 30_000,
  lastRow: NOW - 1_000,
  ...more,
})
const wait = (more: Partial<WaitView> = {}): WaitView => ({ state: 'waiting', results: 3, partition: 't-2', quiet: null, reason: null, ...more })
const progress = (windows: WaitView): ProgressView => ({
  read: 0,
  uncommitted: 0,
  lag: 0,
  watermark: null,
  held: 0,
  memory: 0,
  windows,
  partitions: [partition()],
  morePartitions: 0,
  isAssigned: true,
})

it.each([
  [wait({ quiet: 40_000 }), '3 window results wait for t-2 (no rows for 40 s).', 'warn'],
  [wait({ results: 1, quiet: 40_000 }), '1 window result waits for t-2 (no rows for 40 s).', 'warn'],
  [wait({ state: 'none', results: 0, quiet: 40_000 }), 'The watermark waits for t-2 (no rows for 40 s): windows after 12:00:00 stay open.', 'warn'],
  [
    wait({ partition: null, reason: 'windows wait for t-9 (it runs in another process)' }),
    'Windows wait for t-9 (it runs in another process).',
    'warn',
  ],
  [wait(), '3 window results wait for the watermark: the slowest partition, t-2, is at 12:00:00.', 'plain'],
  [wait({ state: 'elsewhere' }), 'The windows of this pipeline are put together in another process.', 'plain'],
])('says what windows wait for', (windows, text, tone) => {
  expect(waitSaid(progress(windows), NOW)).toEqual({ text, tone })
})

it('says nothing where nothing waits', () => {
  expect([waitSaid(progress(wait({ state: 'none' })), NOW), waitSaid(progress(wait({ state: 'no windows' })), NOW), waitSaid(null, NOW)]).toEqual([
    null,
    null,
    null,
  ])
})

it('has no number that changes each second in what is news', () => {
  expect([waitNews(wait({ quiet: 40_000 })), waitNews(wait()), waitNews(wait({ reason: 'x' }))]).toEqual([
    'Windows wait for t-2.',
    '',
    'Windows wait for a partition of another process.',
  ])
})

it.each([
  [partition({ state: 'ended' }), 'ended'],
  [partition({ state: 'idle' }), 'idle: holds no window back'],
  [partition(), 'windows wait: no rows for 40 s'],
  [partition({ task: 't-0' }), 'reading'],
  [partition({ task: 't-0', lastRow: NOW - 9_500 }), 'no rows for 9.5 s'],
  [partition({ task: 't-0', lastRow: null }), 'no rows yet'],
])('says what a partition does', (one, text) => {
  expect(partitionSaid(one, wait({ quiet: 40_000 }), one.task, NOW).text).toBe(text)
})

it('says why rows are in no flow', () => {
  expect(lossSaid({ kind: 'late', where: 'hourly/windowed', rows: 1 })).toEqual(['Late', 'its window was closed', 'hourly/windowed'])
  expect(lossSaid({ kind: 'rejected', where: 'not JSON', rows: 1 })).toEqual(['Rejected', 'not JSON', '–'])
  expect(lossSaid({ kind: 'rejected', where: null, rows: 1 })).toEqual(['Rejected', 'an invalid message', '–'])
})

it('names flows and targets shortly', () => {
  expect([flowName('@late'), flowName('@late:hourly/windowed'), flowName('@dead_letters'), flowName('tickets')]).toEqual([
    'late rows',
    'late rows of hourly/windowed',
    'dead letters',
    'tickets',
  ])
  expect([targetShort('file:/srv/app/data/tickets'), targetShort('s3://bucket/a/b/c'), targetShort('kafka:tickets')]).toEqual([
    'file:…/data/tickets',
    's3:…/b/c',
    'kafka:tickets',
  ])
})

it('says how far a watermark is behind the clock', () => {
  expect([behind(null, NOW), behind(NOW - 4_000, NOW), behind(NOW + 60_000, NOW)]).toEqual(['–', '4 s behind', '60 s ahead'])
})
