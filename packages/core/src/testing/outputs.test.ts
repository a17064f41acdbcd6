import { describe, expect, it } from 'vitest'
import { differences, finalRows, outputsOf, vanished } from './outputs.ts'

const row = (key: string, revision: number, n: number) => ({ key, revision, n })

describe('outputsOf', () => {
  it('copies the rows of sinks that show them', () => {
    const rows = [{ a: 1 }]
    const outputs = outputsOf({ out: { rows, schema: null } })
    rows.push({ a: 2 })
    expect(outputs).toEqual({ out: { rows: [{ a: 1 }], keys: [] } })
  })

  it('refuses a sink without rows', () => expect(() => outputsOf({ out: {} })).toThrow(/"out" has no `rows`/))
})

describe('finalRows', () => {
  it('7.2 counts the highest revision of each key', () => {
    const { rows, twice } = finalRows({ rows: [row('a', 1, 5), row('a', 0, 4), row('b', 0, 1)], keys: ['key'] })
    expect(rows).toEqual(['{"key":"a","n":5}', '{"key":"b","n":1}'])
    expect(twice).toEqual([])
  })

  it('reports two rows of one key and revision', () =>
    expect(finalRows({ rows: [row('a', 0, 1), row('a', 0, 1)], keys: ['key'] }).twice).toHaveLength(1))

  it('keeps repeated rows that have no revision', () => expect(finalRows({ rows: [{ a: 1 }, { a: 1 }] }).rows).toHaveLength(2))
})

describe('differences', () => {
  it('are none between the same rows in another order, and with columns in another order', () => {
    expect(differences({ o: { rows: [{ a: 1, b: 2 }, { a: 2 }] } }, { o: { rows: [{ a: 2 }, { b: 2, a: 1 }] } })).toEqual([])
  })

  it('name the output, and what is missing, too many or doubled', () => {
    expect(differences({ o: { rows: [{ a: 1 }, { a: 1 }] } }, { o: { rows: [{ a: 1 }, { a: 2 }] }, p: { rows: [{ a: 3 }] } })).toEqual([
      'o: missing: {"a":1}',
      'o: too many: {"a":2}',
      'p: too many: {"a":3}',
    ])
    const twice = { rows: [row('a', 0, 1), row('a', 0, 1)], keys: ['key'] }
    expect(differences({ o: { rows: [row('a', 0, 1)], keys: ['key'] } }, { o: twice })[0]).toMatch(/shown twice/)
  })
})

it('vanished reports rows that were visible and no longer are', () => {
  expect(vanished({ o: { rows: [{ a: 1 }, { a: 2 }] } }, { o: { rows: [{ a: 2 }, { a: 3 }] } })).toEqual(['o: {"a":1}'])
})
