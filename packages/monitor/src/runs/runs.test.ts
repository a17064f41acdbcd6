import { expect, it } from 'vitest'
import { rangeOf, runOf } from '../../test/runs.ts'
import type { Observation } from '../catalogue/catalogue.ts'
import { Runs } from './runs.ts'

it('turns each event into observations', () => {
  const runs = new Runs()
  const seen: Observation[] = []
  const run = runs.watch(runOf({ backfill: 'october' }), (one) => seen.push(one))
  run.committed?.(rangeOf())
  run.retried?.({ task: 'merge', error: null, failures: 1, at: 0 })
  run.ended?.({ how: 'failed', at: 0 })
  expect(seen.map(({ metric }) => metric)).toEqual(['tickets_ranges_committed_total', 'tickets_retries_total', 'tickets_runs_failed_total'])
  expect(new Set(seen.map(({ labels }) => labels.pipeline))).toEqual(new Set(['lake/october']))
})

it('keeps the last run of each pipeline', () => {
  const runs = new Runs()
  const first = runs.watch(runOf(), () => {})
  first.ended?.({ how: 'stopped', at: 0 })
  runs.watch(runOf({ logId: 'log2' }), () => {})
  runs.watch(runOf({ pipeline: 'warehouse' }), () => {})
  expect(runs.all.map(({ name, run }) => [name, run.logId])).toEqual([
    ['lake', 'log2'],
    ['warehouse', 'log1'],
  ])
})

it('says that a run has ended, and no other gauge of it', () => {
  const runs = new Runs()
  runs.watch(runOf(), () => {}).ended?.({ how: 'done', at: 0 })
  expect(runs.gauges()).toEqual([{ metric: 'tickets_up', labels: { pipeline: 'lake' }, value: 0 }])
})
