import { Subject } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { count } from '../../aggregate/count.ts'
import { sum } from '../../aggregate/sum.ts'
import { memorySink } from '../../testing/memory-sink.ts'
import { global } from '../../window/global.ts'
import { hopping } from '../../window/hopping.ts'
import { session } from '../../window/session.ts'
import { sliding } from '../../window/sliding.ts'
import { tumbling } from '../../window/tumbling.ts'
import { defineWindowed } from './definition.ts'

const ten = tumbling({ size: '10s' })
const define = (options: object = {}, window = ten) => defineWindowed(window, { aggregate: { n: count() }, ...options } as never)

test('fills in what is left out', () => {
  expect(define()).toMatchObject({
    by: [],
    id: 'windowed',
    emit: 'final',
    maxFill: null,
    maxWindows: 100_000,
    maxKeys: 10_000_000,
    lateSink: undefined,
    lateObserver: undefined,
  })
  expect(define({ fill: 'zero' }).maxFill).toBe(1_000)
  expect([define({ by: 'a' }).by, define({ by: ['a', 'b'] }).by]).toEqual([['a'], ['a', 'b']])
})

test('tells a sink for late rows from an observer', () => {
  const [sink, observer] = [memorySink('late'), new Subject()]
  expect(define({ late: sink })).toMatchObject({ lateSink: sink, lateObserver: undefined })
  expect(define({ late: observer })).toMatchObject({ lateSink: undefined, lateObserver: observer })
})

describe('options that do not go together are refused', () => {
  test.each([
    ['an unknown emit', { emit: 'always' }, ten, 'got "always"'],
    ['an unknown fill', { fill: 'null' }, ten, 'got "null"'],
    ['updates of sessions', { emit: 'updates' }, session({ gap: '5s' }), 'a session change'],
    ['updates of sliding windows', { emit: 'updates' }, sliding({ size: '5s' }), 'a sliding change'],
    ['fill of sessions', { fill: 'zero' }, session({ gap: '5s' }), 'not with session'],
    ['fill of a global window', { fill: 'zero' }, global(), 'not with global'],
    ['no windows at all', { maxWindows: 0 }, ten, 'maxWindows'],
    ['half a key', { maxKeys: 0.5 }, ten, 'maxKeys'],
    ['no fill at all', { fill: 'zero', maxFill: 0 }, ten, 'maxFill'],
  ])('%s', (_, options, window, says) => {
    expect(() => define(options, window)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(says) }))
  })

  test('and those that do are not', () => {
    for (const window of [ten, hopping({ size: '10s', advance: '5s' })]) expect(define({ fill: 'zero', emit: 'updates' }, window).maxFill).toBe(1_000)
    expect(define({ emit: 'updates' }, global()).emit).toBe('updates')
  })
})

describe('the fingerprint', () => {
  const print = (options: object = {}, window = ten) => JSON.stringify(define(options, window).fingerprint)

  test.each([
    ['the window', print({}, tumbling({ size: '20s' }))],
    ['its grace', print({}, tumbling({ size: '10s', grace: '1s' }))],
    ['the key', print({ by: 'a' })],
    ['the order of the key', print({ by: ['b', 'a'] })],
    ['an aggregate', print({ aggregate: { n: sum('n') } })],
    ['the column of an aggregate', print({ aggregate: { n: sum('m') } })],
    ['the name of an aggregate', print({ aggregate: { m: count() } })],
    ['emit', print({ emit: 'updates' })],
    ['fill', print({ fill: 'zero' })],
    ['how much is filled', print({ fill: 'zero', maxFill: 5 })],
  ])('changes with %s', (what, changed) => {
    const before =
      what === 'the order of the key'
        ? { by: ['a', 'b'] }
        : what.startsWith('the column')
          ? { aggregate: { n: sum('n') } }
          : what.startsWith('how much')
            ? { fill: 'zero' }
            : {}
    expect(changed).not.toBe(print(before))
  })

  test('does not change with limits, the place of late rows, or what is the default anyway', () => {
    const more = { maxWindows: 5, maxKeys: 5, late: new Subject(), emit: 'final', id: 'other', maxFill: 7 }
    expect(print(more)).toBe(print())
  })
})
