import { of } from 'rxjs'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { count } from '../aggregate/count.ts'
import { sum } from '../aggregate/sum.ts'
import { Batch } from '../batch/batch.ts'
import { tableOf } from '../connectors/joined/keyed-table.ts'
import type { LateRow } from '../connectors/late-row.ts'
import { defineSchema } from '../schema/define.ts'
import { memorySource } from '../testing/memory-source.ts'
import { Harness } from '../testing/scenario/harness.ts'
import { instant } from '../values/instant.ts'
import { tumbling } from '../window/tumbling.ts'
import { runningTotals } from './running-totals.ts'
import { windowed } from './windowed.ts'

const Sale = defineSchema(z.object({ shop: z.string(), at: instant(), units: z.int() }), { name: 'sale', time: 'at' })
type Sale = z.output<typeof Sale.zod>
const sale = (shop: string, second: number, units = 1): Sale => ({ shop, at: new Date(second * 1000), units })
const totals = runningTotals<Sale, 'shop', { n: ReturnType<typeof count>; units: never }>({
  by: 'shop',
  aggregate: { n: count(), units: sum('units') as never },
})

describe('outside a pipeline', () => {
  test('emits what changed after each batch', () => {
    const seen: unknown[] = []
    of(Batch.of(Sale, [sale('a', 0), sale('b', 1), sale('a', 5)]), Batch.of(Sale, [sale('a', 3, 4)]))
      .pipe(totals)
      .subscribe((batch) => seen.push(...batch.toArray()))
    expect(seen).toEqual([
      { shop: 'a', n: 2, units: 2, updated_at: new Date(5000), revision: 0 },
      { shop: 'b', n: 1, units: 1, updated_at: new Date(1000), revision: 0 },
      { shop: 'a', n: 3, units: 6, updated_at: new Date(5000), revision: 1 },
    ])
  })

  test('gives late rows to an observer', () => {
    const late: LateRow[] = []
    of(Batch.of(Sale, [sale('a', 0), sale('a', 60), sale('b', 1)]))
      .pipe(runningTotals({ by: 'shop', aggregate: { n: count() }, ttl: '10 seconds', late: { next: (rows) => late.push(...rows) } }))
      .subscribe()
    expect(late.map(({ operator, event_time, windows }) => ({ operator, event_time, windows }))).toEqual([
      { operator: 'runningTotals', event_time: new Date(1000), windows: '[]' },
    ])
  })

  test('a total that does not fit is the error of the flow', () => {
    let error: unknown
    of(Batch.of(Sale, [sale('a', 0, Number.MAX_SAFE_INTEGER), sale('a', 0)]))
      .pipe(totals)
      .subscribe({ error: (found) => (error = found) })
    expect(error).toMatchObject({ code: 'RESULT_REFUSED' })
  })
})

test('after windows it counts each once, in the merge', () => {
  const harness = new Harness(
    Sale,
    (rows) =>
      rows.pipe(
        windowed(tumbling({ size: '10s' }), { by: 'shop', aggregate: { sold: sum('units') } }),
        runningTotals({ by: 'shop', aggregate: { windows: count(), sold: sum('sold') } }),
      ),
    { partitions: 2 },
  )
  harness.push([sale('a', 1, 2), sale('a', 15, 3)], { partition: 0 })
  const { emitted } = harness.push([sale('a', 2, 5), sale('a', 25)], { partition: 1 })
  expect(emitted).toEqual([{ shop: 'a', windows: 1, sold: 7, updated_at: new Date(9999), revision: 0 }])
  harness.restart('all')
  expect(harness.end().emitted.slice(-1)).toEqual([{ shop: 'a', windows: 3, sold: 11, updated_at: new Date(29_999), revision: 2 }])
})

test('what counts rows after it is refused, since each total is there again and again', () => {
  const twice = () => new Harness(Sale, (rows) => rows.pipe(totals, runningTotals({ id: 'again', by: 'shop', aggregate: { n: count() } })))
  expect(twice).toThrow(expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining('"again" comes after') }))
})

test('over partitions that are not keyed by it, it is refused', () => {
  expect(() => new Harness(Sale, totals, { partitions: 2 })).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining('keeps rows together by shop') }),
  )
  expect(() => new Harness(Sale, totals, { partitions: 2, keyedBy: ['shop'] })).not.toThrow()
})

describe('over a table', () => {
  const Client = defineSchema(z.object({ client: z.string(), plan: z.string(), at: instant(), left: z.boolean() }), { name: 'client', time: 'at' })
  type Client = z.output<typeof Client.zod>
  const client = (name: string, plan: string, second: number, left = false): Client => ({ client: name, plan, at: new Date(second * 1000), left })
  const plans = runningTotals<Client, 'plan', { clients: ReturnType<typeof count> }>({
    table: { key: 'client', deleted: 'left' },
    by: 'plan',
    aggregate: { clients: count() },
  })

  test('each row counts as it stands, late versions do not, and an empty group is gone', () => {
    const harness = new Harness(Client, plans)
    const shown = (rows: Client[]) =>
      harness.push(rows).emitted.map(({ plan, clients, gone, updated_at }) => [plan, clients, gone, updated_at.getTime() / 1000])
    expect(shown([client('a', 'free', 10), client('b', 'free', 11)])).toEqual([['free', 2, false, 11]])
    expect(shown([client('a', 'gold', 20), client('a', 'tin', 15)])).toEqual([
      ['free', 1, false, 20],
      ['gold', 1, false, 20],
    ])
    harness.restart()
    expect(shown([client('a', 'gold', 30, true), client('b', 'free', 31)])).toEqual([
      ['gold', null, true, 30],
      ['free', 1, false, 31],
    ])
  })

  test('the table of a source says its key and what is deleted', () => {
    const table = tableOf(memorySource({ schema: Client, partitions: [] }), { key: 'client', deleted: 'left' })
    const harness = new Harness(Client, (rows) => rows.pipe(runningTotals({ table, by: 'plan', aggregate: { clients: count() } })))
    expect(harness.push([client('a', 'free', 1), client('a', 'free', 2, true)]).emitted).toMatchObject([{ plan: 'free', clients: null, gone: true }])
  })

  test('several partitions have to be keyed by a column of both keys', () => {
    expect(() => new Harness(Client, plans, { partitions: 2, keyedBy: ['client'] })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  })

  test('stops at its limit', () => {
    const small = runningTotals<Client, 'plan', { clients: ReturnType<typeof count> }>({
      table: { key: 'client' },
      by: 'plan',
      aggregate: { clients: count() },
      stateLimit: '100 kB',
    })
    const many = Array.from({ length: 2_000 }, (_, i) => client(`client${i}`, 'free', i))
    expect(() => new Harness(Client, small).push(many)).toThrow(
      expect.objectContaining({ code: 'STATE_LIMIT', message: expect.stringContaining('delete rows of the table') }),
    )
  })
})
