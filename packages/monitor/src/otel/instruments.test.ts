import { expect, it } from 'vitest'
import { catalogue } from '../catalogue/catalogue.ts'
import { instrumentOf } from './instruments.ts'

it('leaves out the suffixes of Prometheus', () => {
  const name = (of: string) => catalogue.filter((one) => one.name === of).map(instrumentOf)[0]
  expect(name('tickets_rows_read_total')).toEqual({ name: 'tickets.rows.read', unit: '{row}' })
  expect(name('tickets_range_step_seconds')).toEqual({ name: 'tickets.range.step', unit: 's' })
  expect(name('tickets_held_bytes')).toEqual({ name: 'tickets.held', unit: 'By' })
  expect(name('tickets_consumer_lag')).toEqual({ name: 'tickets.consumer.lag', unit: '{message}' })
})

it('gives each metric a name of its own', () => {
  expect(new Set(catalogue.map((one) => instrumentOf(one).name)).size).toBe(catalogue.length)
})
