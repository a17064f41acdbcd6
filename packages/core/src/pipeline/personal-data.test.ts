import { map, type Observable } from 'rxjs'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { count } from '../aggregate/count.ts'
import { countDistinct } from '../aggregate/count-distinct.ts'
import { max } from '../aggregate/extreme.ts'
import { Batch } from '../batch/batch.ts'
import { dedupe } from '../operators/dedupe.ts'
import { explode } from '../operators/explode.ts'
import { filterRows } from '../operators/filter-rows.ts'
import { flatMapRows } from '../operators/flat-map-rows.ts'
import { into } from '../operators/into.ts'
import { joinTable } from '../operators/join-table.ts'
import { keyedOperator } from '../operators/keyed-operator.ts'
import { mapAsync } from '../operators/map-async.ts'
import { mapColumn } from '../operators/map-column.ts'
import { mapRows } from '../operators/map-rows.ts'
import { redact } from '../operators/redact.ts'
import { rows } from '../operators/rows.ts'
import { sessionize } from '../operators/sessionize.ts'
import { statefulOperator } from '../operators/stateful-operator.ts'
import { toBatches } from '../operators/to-batches.ts'
import { windowed } from '../operators/windowed.ts'
import { withColumn } from '../operators/with-column.ts'
import { defineSchema } from '../schema/define.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { memorySink } from '../testing/memory-sink.ts'
import { memorySource } from '../testing/memory-source.ts'
import { instant } from '../values/instant.ts'
import { tumbling } from '../window/tumbling.ts'
import type { PipelineOptions } from './options.ts'
import { personalData } from './personal-data.ts'
import { pipeline } from './pipeline.ts'

const personal = { personal: true }
const Order = defineSchema(
  z.object({
    at: instant(),
    email: z.string().meta(personal),
    shop: z.string(),
    price: z.number(),
    people: z.array(z.object({ name: z.string().meta(personal), role: z.string() })),
  }),
  { name: 'order', time: 'at' },
)
type Order = { at: Date; email: string; shop: string; price: number; people: { name: string; role: string }[] }
const Bare = defineSchema(z.object({ at: instant(), text: z.string() }), { name: 'bare', time: 'at' })
const Clean = defineSchema(z.object({ at: instant(), n: z.int() }).meta({ personal: false }), { name: 'clean', time: 'at' })
const Marked = defineSchema(z.object({ at: instant(), mail: z.string().meta(personal), n: z.int() }), { name: 'marked', time: 'at' })
const text = ({ at, email }: Order) => ({ at, text: email })
const hash = redact<Order, 'email', 'hash'>({ fields: ['email'], how: 'hash', key: 'k'.repeat(16) })
const minute = tumbling({ size: '1 minute' })

type Flows = PipelineOptions<Order, never>['flows']

/** What each place holds: `flow all` → `email, note (unknown)`. */
function found(flows: Flows, more: object = {}, schema: unknown = Order) {
  const { places } = personalData({ name: 'orders', source: { name: 'topic', schema: schema as typeof Order }, flows, ...more } as never)
  return Object.fromEntries(
    places.map(({ place, name, columns }) => [
      `${place} ${name}`.trim(),
      columns.map(({ column, form }) => (form === 'plain' ? column : `${column}:${form}`)).join(' '),
    ]),
  )
}
/** The personal columns that one flow's sink holds. */
const flow = (build: (orders: Observable<Batch<Order>>) => Observable<Batch<unknown>>) =>
  found((all) => ({ one: build(all).pipe(into(memorySink('one'))) }))['flow one']

test('a flow without operators holds what the source has', () => {
  expect(flow((o) => o)).toBe('email people.name')
  expect(flow((o) => o.pipe(filterRows(() => true)))).toBe('email people.name')
})

test('redacted columns are gone, masked or hashed, and operators after that see them so', () => {
  expect(flow((o) => o.pipe(hash, redact({ fields: ['people.name'], how: 'drop' })))).toBe('email:hashed')
  expect(flow((o) => o.pipe(redact({ fields: ['email'], how: 'mask', keepLast: 2 })))).toBe('email:masked people.name')
  expect(
    flow((o) =>
      o.pipe(
        redact({ fields: ['email', 'people.name'], how: 'mask' }),
        withColumn('x', z.int(), () => 1),
      ),
    ),
  ).toBe('')
  expect(flow((o) => o.pipe(hash, mapColumn('shop', 'city', z.string(), String)))).toBe('email:hashed people.name')
})

test('columns that are added have the marks of their type, and without any are unknown where they read personal ones', () => {
  expect(flow((o) => o.pipe(withColumn('note', z.string(), () => '')))).toBe('email people.name note:unknown')
  expect(flow((o) => o.pipe(withColumn('note', z.string().meta(personal), () => '')))).toBe('email people.name note')
  expect(flow((o) => o.pipe(withColumn('note', z.string().meta({ personal: false }), () => '')))).toBe('email people.name')
  expect(flow((o) => o.pipe(mapColumn('email', 'domain', z.string(), String)))).toBe('email people.name domain:unknown')
  expect(flow((o) => o.pipe(mapColumn('shop', 'city', z.string(), String)))).toBe('email people.name')
  const cities = new Map<string, { city: string }>()
  const columns = { city: z.string() }
  expect(flow((o) => o.pipe(joinTable(cities, { on: 'email', columns })))).toBe('email people.name city:unknown')
  expect(flow((o) => o.pipe(joinTable(cities, { on: 'shop', columns })))).toBe('email people.name')
})

test('rows of another schema have its marks, and without any all are unknown', () => {
  expect(flow((o) => o.pipe(mapRows(Bare, text)))).toBe('at:unknown text:unknown')
  expect(flow((o) => o.pipe(mapRows(Clean, ({ at }: Order) => ({ at, n: 1 }))))).toBe('')
  expect(flow((o) => o.pipe(flatMapRows(Marked, ({ at, email }: Order) => [{ at, mail: email, n: 1 }])))).toBe('mail')
  expect(flow((o) => o.pipe(mapAsync(Bare, text)))).toBe('at:unknown text:unknown')
  expect(flow((o) => o.pipe(rows(), map(text), toBatches(Bare)))).toBe('at:unknown text:unknown')
})

test('rows that an operator of the user made are taken for made of the source', () => {
  expect(flow((o) => o.pipe(map((batch: Batch<Order>) => Batch.of(Bare, batch.toArray().map(text)))))).toBe('at:unknown text:unknown')
  expect(flow((o) => o.pipe(map((batch: Batch<Order>) => Batch.of(Order, batch.toArray()))))).toBe('email people.name')
  const clean = ({ at }: Order) => ({ at, n: 1 })
  expect(
    flow((o) =>
      o.pipe(
        mapRows(Clean, clean),
        withColumn('x', z.string(), () => ''),
      ),
    ),
  ).toBe('')
})

test('an element keeps the mark that it has in its list', () => {
  expect(flow((o) => o.pipe(explode('people')))).toBe('email people.name')
  expect(flow((o) => o.pipe(redact({ fields: ['people.name'], how: 'drop' }), explode('people')))).toBe('email')
})

test('windows hold their keys, and their state what they count', () => {
  const places = found(
    (all) => ({
      by: all.pipe(
        windowed(minute, { by: 'email', aggregate: { n: count(), dearest: max('price') } }),
        filterRows(({ n }) => n > 1),
        into(memorySink('by')),
      ),
      counts: all.pipe(windowed(minute, { by: 'shop', aggregate: { people: countDistinct('email') } }), into(memorySink('counts'))),
      hours: all.pipe(
        windowed(minute, { id: 'first', by: 'email', aggregate: { n: count() } }),
        windowed(tumbling({ size: '1 hour' }), { id: 'second', aggregate: { who: max('email') } }),
        into(memorySink('hours')),
      ),
      safe: all.pipe(hash, windowed(minute, { by: 'email', aggregate: { n: count() } }), into(memorySink('safe'))),
    }),
    { late: memorySink('late'), deadLetters: memorySink('dead') },
  )
  expect(places).toEqual({
    'source topic': 'email people.name',
    'flow by': 'email',
    'flow counts': '',
    'flow hours': 'who',
    'flow safe': 'email:hashed',
    'late by/windowed': 'email people.name',
    'late counts/windowed': 'email people.name',
    'late hours/first': 'email people.name',
    'late hours/second': 'email',
    'late safe/windowed': 'email:hashed people.name',
    'dead letters': 'email people.name who',
    'log by/windowed': 'email',
    'log counts/windowed': 'email',
    'log hours/first': 'email',
    'log hours/second': 'email',
    'log safe/windowed': 'email:hashed',
  })
})

test('late rows that go nowhere, and dead letters without a sink, hold nothing', () => {
  const flows: Flows = (all) => ({ by: all.pipe(windowed(minute, { by: 'email', aggregate: {} }), into(memorySink('by'))) })
  expect(Object.keys(found(flows))).toEqual(['source topic', 'flow by', 'log by/windowed'])
  const own: Flows = (all) => ({ by: all.pipe(windowed(minute, { aggregate: {}, late: memorySink('own') as never }), into(memorySink('by'))) })
  expect(found(own)).toMatchObject({ 'late by/windowed': 'email people.name' })
})

test('the log holds what operators remember; what a state of the user holds is unknown', () => {
  const held = statefulOperator<Order>({ id: 'own', init: () => null, onBatch: (_, batch) => batch, snapshot: () => null, restore: () => null })
  const keyed = keyedOperator<Order, 'email', null, { at: Date; mail: string; n: number }>(Marked, { by: 'email', init: () => null, onRow: () => {} })
  expect(
    found((all) => ({
      a: all.pipe(dedupe({ key: ['email', 'shop'], within: '1 day' }), into(memorySink('a'))),
      b: all.pipe(sessionize({ by: 'email', gap: '1 minute' }), into(memorySink('b'))),
      c: all.pipe(held, into(memorySink('c'))),
      d: all.pipe(keyed, into(memorySink('d'))),
    })),
  ).toMatchObject({
    'flow b': 'email people.name',
    'log a/dedupe': 'email',
    'log b/sessionize': 'email',
    'log c/own': 'email:unknown people.name:unknown',
    'flow d': 'mail',
    'log d/keyedOperator': 'email people.name:unknown',
  })
})

test('a source without any mark is unknown as a whole', () => {
  expect(found((all) => ({ a: all.pipe(into(memorySink('a'))) }), {}, Bare)).toEqual({
    'source topic': 'at:unknown text:unknown',
    'flow a': 'at:unknown text:unknown',
  })
})

test('a pipeline says it before it runs, and runs as without marks', async () => {
  const sink = memorySink('marks')
  const log = memoryLog()
  const made = pipeline({
    name: 'marks',
    source: memorySource({ schema: Clean, partitions: [[]] }),
    log,
    flows: (all) => ({ all: all.pipe(into(sink)) }),
  })
  expect(made.personalData()).toEqual({
    pipeline: 'marks',
    places: [
      { place: 'source', name: expect.any(String), target: null, columns: [] },
      { place: 'flow', name: 'all', target: expect.any(String), columns: [] },
    ],
  })
  expect(await log.pipeline()).toBe(null)
  expect(await made.run()).toMatchObject({ how: 'done' })
})
