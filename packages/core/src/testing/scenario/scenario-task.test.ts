import { describe, expect, test } from 'vitest'
import { Event } from '../../../test/lake.ts'
import { count } from '../../aggregate/count.ts'
import type { Json } from '../../base/json.ts'
import type { Batch } from '../../batch/batch.ts'
import type { Sink } from '../../connectors/sink.ts'
import type { Flows } from '../../dataflow/graph.ts'
import { into } from '../../operators/into.ts'
import { statefulOperator } from '../../operators/stateful-operator.ts'
import { windowed } from '../../operators/windowed.ts'
import type { OperatorState } from '../../records/operator-state-record.ts'
import { tumbling } from '../../window/tumbling.ts'
import { CutLog, ScenarioTask } from './scenario-task.ts'

const sink = { target: null, open: () => Promise.reject(new Error('no sink is opened here')) }
const row = (second: number, who = second): Event => ({ at: new Date(second * 1000), kind: 'a', who })

/** Passes each row with how many came before it in place of `who`. */
const numbered = statefulOperator<Event, Event, { n: number }>({
  id: 'numbered',
  init: () => ({ n: 0 }),
  onBatch: (state, batch: Batch<Event>) => {
    state.n += batch.length
    return batch
  },
  snapshot: ({ n }) => ({ n }),
  restore: (saved) => ({ n: (saved as { n: number }).n }),
})

const flows: Flows<Event> = (rows) => ({ f: rows.pipe(numbered, into(sink as Sink<Event>)) })
const windows: Flows<Event> = (rows) => ({ f: rows.pipe(windowed(tumbling({ size: '10s' }), { aggregate: { n: count() } }), into(sink as never)) })
const task = (of: Flows<Event> = flows, maxOutOfOrderness = 0) => new ScenarioTask<Event, Event>('p0', Event, of, maxOutOfOrderness)
const who = (rows: readonly Event[]) => rows.map((one) => one.who)

describe('ScenarioTask', () => {
  test('gives what it read with the record that commits it, and none before', () => {
    const one = task()
    one.push([row(1), row(2)], 0)
    expect(one.hasOpen).toBe(true)
    const first = one.commit('range')
    expect([who(first.rows), first.n, first.body.to, first.body.watermark]).toEqual([[1, 2], 0, 2, 2000])
    expect(one.hasOpen).toBe(false)
    one.push([row(3)], 0)
    const second = one.commit('range')
    expect([who(second.rows), second.n, second.body.to]).toEqual([[3], 1, 3])
  })

  test('reads again after a crash what no record has, and gives it once', () => {
    const one = task()
    one.push([row(1)], 0)
    one.commit('range')
    one.push([row(2)], 0)
    one.push([row(3)], 0)
    one.restart(0)
    one.restart(0)
    expect(who(one.commit('range').rows)).toEqual([2, 3])
    one.restart(0)
    expect(who(one.commit('range').rows)).toEqual([])
  })

  test('goes back to its last record in watermark and windows', () => {
    const one = task(windows)
    one.push([row(1), row(5)], 0)
    one.commit('range')
    one.push([row(12)], 0)
    expect(one.watermark).toBe(12_000)
    one.restart(0)
    expect(one.watermark).toBe(12_000)
    const { body } = one.commit('range')
    const closed = Object.values(body.partials)
      .flat()
      .filter((partial) => partial.closed)
    expect(closed.map(({ rows }) => rows)).toEqual([2])
  })

  test('gives late rows beside the others, once', () => {
    const one = task(windows)
    one.push([row(12), row(3)], 0)
    one.restart(0)
    const { late } = one.commit('range')
    expect(late).toMatchObject([{ partition: 'p0', position: 1 }])
    expect(one.commit('range').late).toEqual([])
  })

  test('tells the end and idleness, and is idle no more when a row or a later watermark comes', () => {
    const one = task()
    one.push([row(5)], 0)
    one.commit('idle')
    expect(one.idle).toBe(true)
    one.advance(4_000, 7)
    expect([one.idle, one.lastRow]).toEqual([true, 0])
    one.advance(6_000, 8)
    expect([one.idle, one.lastRow, one.watermark]).toEqual([false, 8, 6_000])
    one.commit('idle')
    one.push([row(7)], 9)
    expect([one.idle, one.lastRow]).toEqual([false, 9])
    expect(one.commit('end').body).toMatchObject({ ended: true })
    expect(one.ended).toBe(true)
  })

  test('is behind its rows by `maxOutOfOrderness`', () => {
    const one = task(flows, 1500)
    one.push([row(10)], 0)
    expect(one.watermark).toBe(8_500)
  })

  test('what a record holds is JSON, and shares nothing with the running task', () => {
    const one = task(windows)
    one.push([row(1)], 0)
    const { body } = one.commit('idle')
    const before = JSON.stringify(body)
    one.push([row(2), row(3)], 0)
    one.commit('idle')
    expect(JSON.stringify(body)).toBe(before)
  })
})

describe('CutLog', () => {
  /** An operator whose state is a list of texts; each cut in between holds what was added since. */
  function list() {
    const [all, fresh]: [string[], string[]] = [[], []]
    const operator: OperatorState = {
      version: 3,
      snapshot: (whole: boolean) => {
        const cut = whole ? { all: [...all] } : { added: [...fresh] }
        fresh.length = 0
        return cut as Json
      },
      restore: (cut: Json, version: number) => {
        expect(version).toBe(3)
        const { all: whole, added = [] } = cut as { all?: string[]; added?: string[] }
        if (whole) all.splice(0, all.length, ...whole)
        all.push(...added)
      },
    } as OperatorState
    return {
      all,
      operator,
      add: (text: string) => {
        all.push(text)
        fresh.push(text)
      },
    }
  }

  test.each([1, 2, 3, 4, 5, 6, 7])('comes back after %i records as it was, from a whole one and what changed since', (records) => {
    const [log, one] = [new CutLog(), list()]
    for (let i = 0; i < records; i++) {
      one.add(`${i}`)
      log.put(new Map([['x', one.operator]]))
    }
    one.add('not in a record')
    const back = list()
    log.restore(new Map([['x', back.operator]]))
    expect(back.all).toEqual(Array.from({ length: records }, (_, i) => `${i}`))
  })

  test('leaves operators as they are where there is no record', () => {
    const one = list()
    one.add('begun')
    new CutLog().restore(new Map([['x', one.operator]]))
    expect(one.all).toEqual(['begun'])
  })
})
