import { expect, it } from 'vitest'
import { rangeOf, runOf, stateOf } from '../../test/runs.ts'
import { metrics } from './metrics.ts'

const value = (watched: ReturnType<typeof metrics>, name: string) =>
  watched
    .read()
    .find((one) => one.name === name)
    ?.values.map((one) => one.value)

it('keeps counting when a pipeline is run again in the process', () => {
  const watched = metrics()
  for (const rows of [3, 4]) {
    const run = watched.watch(runOf())
    run.committed?.(rangeOf({ rows }))
    expect(value(watched, 'tickets_up')).toEqual([1])
    run.ended?.({ how: 'done', at: 0 })
    expect(value(watched, 'tickets_up')).toEqual([0])
  }
  expect(value(watched, 'tickets_rows_read_total')).toEqual([7])
})

it('reads the gauges when it is asked', () => {
  const watched = metrics()
  let held = 1
  watched.watch(runOf({ state: () => stateOf({}, { memory: { held: held++, limit: 10 } }) }))
  expect(value(watched, 'tickets_held_bytes')).toEqual([1])
  expect(value(watched, 'tickets_held_bytes')).toEqual([2])
})
