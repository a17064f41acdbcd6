import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Agg } from '../../aggregate/aggregate.ts'
import { count } from '../../aggregate/count.ts'
import { countDistinct } from '../../aggregate/count-distinct.ts'
import { max, min } from '../../aggregate/extreme.ts'
import { first } from '../../aggregate/first-last.ts'
import { AccWriter, accReader } from '../../aggregate/sets/acc-json.ts'
import { Dictionaries } from '../../aggregate/sets/text-dictionary.ts'
import { topK } from '../../aggregate/top-k.ts'
import type { Json } from '../../base/json.ts'
import { rowsOf } from '../engine/rows.fixture.ts'
import { Accumulators } from './accumulators.ts'

type Rows = readonly (readonly [string, number])[]

/** Of the user: without `columnar`, so it gets row objects, and without `toJson`. */
const longest: Agg<{ key: string }, string> = {
  init: () => ({ text: '', seen: [] as number[] }),
  add(acc, { key }, { time, position }) {
    acc.seen.push(time, position)
    if (key.length > acc.text.length) acc.text = key
    return acc
  },
  merge: (a, b) => ({ text: a.text.length >= b.text.length ? a.text : b.text, seen: [...a.seen, ...b.seen] }),
  result: ({ text, seen }) => `${text} ${seen.join()}`,
}
const all = {
  n: count(),
  distinct: countDistinct('key'),
  from: min('key'),
  to: max('at'),
  first: first('key'),
  top: topK('key', 3),
  longest,
} as never
const accumulators = new Accumulators(all)

function added(rows: Rows, to = accumulators): unknown[] {
  const accs = to.init()
  const add = to.adder(rowsOf(rows))
  for (const i of rows.keys()) add(accs, i)
  return accs
}
const rowsIn = fc.array(fc.tuple(fc.constantFrom('', 'a', 'bb', 'ccc', '__proto__'), fc.integer({ min: 0, max: 99 })), { maxLength: 12 })
const written = (json: unknown) => JSON.parse(JSON.stringify(json)) as Json[]

test('the accumulators of several tasks give the results of all rows, as accumulators and as JSON', () => {
  const order = new Accumulators({ n: count(), distinct: countDistinct('key'), from: min('key'), to: max('at'), top: topK('key', 3) } as never)
  fc.assert(
    fc.property(fc.array(rowsIn, { minLength: 1, maxLength: 4 }), (tasks) => {
      const whole = order.results(added(tasks.flat(), order))
      const parts = tasks.map((rows) => added(rows, order))
      const json = parts.map((accs) => written(order.toJson(accs)))
      expect(order.resultsOf(json)).toEqual(whole)
      expect(order.results(parts.reduce((a, b) => order.merge(a, b)))).toEqual(whole)
    }),
  )
})

test('sets of texts are written in compact form, and give the same results read back, alone and merged', () => {
  const clients = fc.array(
    fc.tuple(
      fc.integer({ min: 0, max: 30 }).map((n) => `CLIENT_${n}`),
      fc.constant(0),
    ),
    { maxLength: 40, size: 'max' },
  )
  const order = new Accumulators({ n: count(), distinct: countDistinct('key') } as never)
  fc.assert(
    fc.property(fc.array(clients, { minLength: 1, maxLength: 4 }), (tasks) => {
      const writer = new AccWriter()
      const json = tasks.map((rows) => written(writer.write(order.write(added(rows, order), new Dictionaries()))))
      for (const [i, [, set]] of json.entries()) expect(Array.isArray(set)).toBe(new Set(tasks[i]?.map(([key]) => key)).size <= 4)
      const read = accReader(written(writer.noted().texts ?? []))
      expect(order.resultsOf(json.map(read))).toEqual(order.results(added(tasks.flat(), order)))
      for (const [i, rows] of tasks.entries()) {
        const [into, more] = [order.read(read(json[i] as Json[])), added([['CLIENT_3', 0]], order)]
        expect(order.results(order.merge(into, more))).toEqual(order.results(added([...rows, ['CLIENT_3', 0]], order)))
      }
    }),
  )
})

test('the results of no task are those of no rows', () => {
  expect(accumulators.resultsOf([])).toEqual(accumulators.results(accumulators.init()))
  expect(accumulators.resultsOf([])).toMatchObject({ n: 0, distinct: 0, from: null, to: null, first: null })
})

test('accumulators in lists side by side are the same as those in a list of their own', () => {
  fc.assert(
    fc.property(fc.array(rowsIn, { maxLength: 4 }), (groups) => {
      const columns = accumulators.columns()
      for (const rows of groups) {
        const place = columns[0]?.length ?? 0
        accumulators.begin(columns)
        accumulators.rowsAdder(rowsOf(rows))(columns, Int32Array.from(rows.keys()), new Int32Array(rows.length).fill(place), rows.length)
      }
      for (const [place, rows] of groups.entries()) {
        const [aside, own] = [columns.map((column) => column[place]), added(rows)]
        expect(accumulators.results(aside)).toEqual(accumulators.results(own))
        expect(accumulators.results(accumulators.read(accumulators.writtenAt(columns, place, new Dictionaries())))).toEqual(accumulators.results(own))
      }
    }),
  )
})

test('an aggregate without a columnar form gets each row with its time and position', () => {
  expect(
    accumulators.results(
      added([
        ['a', 7],
        ['ccc', 9],
      ]),
    ),
  ).toMatchObject({ longest: 'ccc 7,0,9,1' })
})

test('a copy is not changed by what is added to the original', () => {
  const rows: Rows = [['a', 1]]
  const accs = added(rows)
  const [copy, json] = [accumulators.clone(accs), accumulators.toJson(accs)]
  const before = written(json)
  const add = accumulators.adder(rowsOf([['bb', 2]]))
  add(accs, 0)
  expect(json).toEqual(before)
  expect(accumulators.toJson(copy)).toEqual(before)
  expect(accumulators.toJson(accs)).not.toEqual(before)
})

test('merging leaves the accumulators that were added as they are', () => {
  const [into, from] = [added([['a', 1]]), added([['bb', 2]])]
  const before = written(accumulators.toJson(from))
  accumulators.merge(into, from)
  const add = accumulators.adder(rowsOf([['ccc', 3]]))
  add(into, 0)
  expect(accumulators.toJson(from)).toEqual(before)
})

describe('an accumulator without toJson', () => {
  const holding = (value: unknown) =>
    new Accumulators({ least: { init: () => value, add: (acc) => acc, merge: (acc) => acc, result: (acc) => acc } as Agg<unknown, unknown> })
  const jsonOf = (value: unknown) => holding(value).toJson([value])[0]

  test.each([[0], [-1.5], ['text'], [true], [null], [[1, [2]]], [{ a: { b: [] } }]])('is written as it is: %j', (value) => {
    expect(jsonOf(value)).toEqual(value)
  })

  test('is written as JSON would where that loses nothing: without keys that are undefined, and without -0', () => {
    expect(jsonOf({ a: 1, b: undefined })).toStrictEqual({ a: 1 })
    expect(jsonOf(undefined)).toBeNull()
    expect(Object.is(jsonOf(-0), 0)).toBe(true)
    expect(Object.entries(jsonOf(JSON.parse('{"__proto__":1}')) as object)).toEqual([['__proto__', 1]])
  })

  // `init: () => Infinity` is how a minimum begins: as null it would count as 0 after the next commit.
  test.each([
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [Number.NaN, 'NaN'],
    [{ low: [Number.NEGATIVE_INFINITY] }, '-Infinity'],
    [new Map([['a', 1]]), 'Map'],
    [{ seen: new Set() }, 'Set'],
    [new Date(0), 'Date'],
    [new Float64Array(2), 'Float64Array'],
    [1n, '1'],
  ])('is refused where JSON would change it: %s', (value, what) => {
    const says = `the aggregate "least" keeps ${what}, which JSON cannot hold`
    expect(() => jsonOf(value)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(says) }))
  })

  test('may be anything where toJson and fromJson say how it is written', () => {
    const least: Agg<{ at: Date }, number> = {
      init: () => Number.POSITIVE_INFINITY,
      add: (acc, { at }) => Math.min(acc, at.getTime()),
      merge: Math.min,
      result: (acc) => acc,
      toJson: (acc) => (Number.isFinite(acc) ? acc : null),
      fromJson: (json) => json ?? Number.POSITIVE_INFINITY,
    }
    const own = new Accumulators({ least } as never)
    const [none, some] = [own.toJson(own.init()), own.toJson(added([['a', 5]], own))]
    expect(own.resultsOf([none, some])).toEqual({ least: 5 })
    expect(own.resultsOf([none])).toEqual({ least: Number.POSITIVE_INFINITY })
  })
})
