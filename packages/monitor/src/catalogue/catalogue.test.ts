import { expect, test } from 'vitest'
import { catalogue, labelHelp } from './catalogue.ts'
import type { MetricDefinition } from './definition.ts'

const all: readonly MetricDefinition[] = catalogue

test('names follow the conventions of Prometheus', () => {
  for (const { name, type, unit } of all) {
    expect(name).toMatch(/^tickets_[a-z_]+$/)
    expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter'])
    const base = name.replace(/_total$/, '')
    if (unit === 's') expect(base).toMatch(/_seconds$/)
    // `tickets_bytes_written_total` counts bytes, as `…_bytes_total` does.
    if (unit === 'By') expect(base).toMatch(/_bytes(_|$)/)
  }
})

test('each metric is there once, with the pipeline as its first label and a help of one sentence', () => {
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
  for (const { labels, help, name } of all) {
    expect([name, labels[0]]).toEqual([name, 'pipeline'])
    expect(new Set(labels).size).toBe(labels.length)
    expect(help).toMatch(/^[\w].*[^.]$/)
  }
})

test('buckets belong to histograms, and rise', () => {
  for (const { name, type, buckets } of all) {
    expect([name, buckets !== undefined]).toEqual([name, type === 'histogram'])
    expect([...(buckets ?? [])].sort((a, b) => a - b)).toEqual([...(buckets ?? [])])
  }
})

test('every label is explained, and used', () => {
  expect(new Set(all.flatMap(({ labels }) => labels))).toEqual(new Set(Object.keys(labelHelp)))
})
