import { describe, expect, it } from 'vitest'
import { TicketsError } from '../../base/errors.ts'
import { check, fails, isJson, same } from './case.ts'

describe('same', () => {
  it.each([
    [1, 1],
    [null, undefined],
    [
      { a: 1, b: [2] },
      { b: [2], a: 1 },
    ],
    [{ a: 1, b: undefined }, { a: 1 }],
    [new Uint8Array([0, 255]), new Uint8Array([0, 255])],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
  ])('takes %j for %j', (a, b) => {
    same(a, b, 'it')
    same(b, a, 'it')
  })

  it.each([
    [1, 2],
    [0, null],
    ['1', 1],
    [
      [1, 2],
      [2, 1],
    ],
    [[1], [1, 2]],
    [[], {}],
    [{ a: 1 }, { a: 1, b: null }],
    [{ a: 1, b: 2 }, { 'a:1,b': 2 }],
    [[1, 2], '[1,2]'],
    [new Uint8Array([1, 2]), [1, 2]],
    [new Uint8Array([1, 2]), new Uint8Array([12])],
  ])('tells %j from %j', (a, b) => {
    expect(() => same(a, b, 'it')).toThrow('it: expected')
    expect(() => same(b, a, 'it')).toThrow('it: expected')
  })

  it('says what was expected, what came, and where', () => {
    expect(() => same({ n: 1, bytes: new Uint8Array([7]) }, [2], 'the head')).toThrow('the head: expected [2], got {"n":1,"bytes":"bytes 7"}')
  })
})

it.each([
  [null, true],
  [0, true],
  ['', true],
  [false, true],
  [[1, [null]], true],
  [{ a: { b: [] } }, true],
  [undefined, false],
  [Number.NaN, false],
  [Number.POSITIVE_INFINITY, false],
  [1n, false],
  [new Date(0), false],
  [new Uint8Array(2), false],
  [new Map(), false],
  [{ a: undefined }, false],
  [[1, Number.NaN], false],
  [() => 1, false],
])('isJson tells whether %s comes back from JSON as it was', (value, expected) => {
  expect(isJson(value)).toBe(expected)
})

it('check throws its words unless it holds', () => {
  check(true, 'all is well')
  expect(() => check(false, 'rows were lost')).toThrow('rows were lost')
})

describe('fails', () => {
  const work = (error: unknown) => () => Promise.reject(error)

  it('passes where the work fails, at once or later, with nothing too', async () => {
    await fails(work(new Error('no')), 'it')
    await fails(() => {
      throw new Error('at once')
    }, 'it')
    await fails(work(undefined), 'it')
    await fails(work(new TicketsError('LOG_GAP', 'a hole')), 'it', 'LOG_GAP')
  })

  it('throws where the work does not fail', async () => {
    await expect(fails(async () => 1, 'reading')).rejects.toThrow('reading: expected it to fail')
    await expect(fails(async () => undefined, 'reading', 'LOG_GAP')).rejects.toThrow('reading: expected it to fail with LOG_GAP')
  })

  it('throws where it fails with another code or none, with that as cause', async () => {
    const other = new TicketsError('LOG_DAMAGED', 'torn')
    await expect(fails(work(other), 'reading', 'LOG_GAP')).rejects.toMatchObject({
      message: expect.stringContaining('reading: expected LOG_GAP, got'),
      cause: other,
    })
    await expect(fails(work(new Error('LOG_GAP')), 'reading', 'LOG_GAP')).rejects.toThrow('expected LOG_GAP')
  })
})
