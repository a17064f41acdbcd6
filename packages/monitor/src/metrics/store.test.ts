import { expect, it } from 'vitest'
import { MetricStore } from './store.ts'

const labels = { pipeline: 'lake', task: 't-0' }
const family = (store: MetricStore, name: string) => store.families([]).find((one) => one.name === name)

it('adds to the counter with these labels', () => {
  const store = new MetricStore()
  for (const value of [5, 2]) store.observe({ metric: 'tickets_rows_read_total', labels, value })
  store.observe({ metric: 'tickets_rows_read_total', labels: { ...labels, task: 't-1' }, value: 1 })
  expect(family(store, 'tickets_rows_read_total')?.values).toEqual([
    { labels, value: 7 },
    { labels: { ...labels, task: 't-1' }, value: 1 },
  ])
})

it('puts each observation into one bucket, bounds included', () => {
  const store = new MetricStore()
  const at = { pipeline: 'lake', by: 'task', step: 'read' }
  for (const value of [0.001, 0.002, 1e6]) store.observe({ metric: 'tickets_range_step_seconds', labels: at, value })
  const [series] = family(store, 'tickets_range_step_seconds')?.histograms ?? []
  expect(series).toMatchObject({ labels: at, count: 3, sum: 1_000_000.003 })
  expect(series?.counts).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
})

it('takes gauges as they are, and gives what later observations do not change', () => {
  const store = new MetricStore()
  store.observe({ metric: 'tickets_rows_read_total', labels, value: 5 })
  const before = store.families([{ metric: 'tickets_up', labels: { pipeline: 'lake' }, value: 1 }])
  store.observe({ metric: 'tickets_rows_read_total', labels, value: 5 })
  expect(before.find(({ name }) => name === 'tickets_up')?.values).toEqual([{ labels: { pipeline: 'lake' }, value: 1 }])
  expect(before.find(({ name }) => name === 'tickets_rows_read_total')?.values[0]?.value).toBe(5)
})
