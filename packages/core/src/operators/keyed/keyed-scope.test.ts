import { expect, test } from 'vitest'
import type { AnyKey } from './definition.ts'
import { KeyedScope } from './keyed-scope.ts'
import { KeyedStore } from './keyed-store.ts'

function opened(more: { onTimer?: () => void } = { onTimer: () => {} }) {
  const store = new KeyedStore<number>({
    id: 'op',
    by: ['key'],
    init: () => 0,
    read: Number,
    ttl: Number.POSITIVE_INFINITY,
    keepsLast: false,
    maxKeys: 10,
  })
  const emitted: string[] = []
  const keyOf = (id: number): AnyKey => ({ key: store.keys.values(id)[0] as never })
  const context = new KeyedScope<number, string>({ id: 'op', onTimer: undefined, ...more }, store, keyOf, (row) => void emitted.push(row))
  return { store, emitted, context, a: store.keys.intern(['a']) }
}

test('a call sees its key, time and state, and what it leaves is there for the next', () => {
  const { emitted, context, store, a } = opened()
  context.run(a, 7, true, () => {
    context.state += 2
    context.emit(`${context.key.key} ${context.time} ${context.isLate} ${context.state}`)
  })
  context.run(store.keys.intern(['b']), 8, false, () => context.emit(`${context.key.key} ${context.state}`))
  context.run(a, 9, false, () => {
    context.emit(`${context.key.key} ${context.state}`)
    context.clear()
    context.emit(`${context.state}`)
  })
  expect(emitted).toEqual(['a 7 true 2', 'b 0', 'a 2', '0'])
})

test('timers take a Date, milliseconds, or a duration after the row', () => {
  const { context, store, a } = opened()
  const set: number[] = []
  context.run(a, 1000, false, () => {
    set.push(context.setTimer(5), context.setTimer(new Date(6)), context.setTimer({ after: '2 seconds' }), context.setTimer(7.9))
    context.cancelTimer(new Date(5))
  })
  expect(set).toEqual([5, 6, 3000, 7])
  expect([store.dueTimer(9)?.at, store.dueTimer(9)?.at, store.dueTimer(9)?.at, store.timers]).toEqual([6, 7, undefined, 1])
})

test.each([Number.NaN, Number.POSITIVE_INFINITY, new Date(Number.NaN), 1e16])('refuses a timer at %s', (at) => {
  const { context, a } = opened()
  expect(() => context.run(a, 0, false, () => context.setTimer(at))).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
})

test('refuses a timer that nobody takes', () => {
  const { context, a } = opened({})
  expect(() => context.run(a, 0, false, () => context.setTimer(1))).toThrow('"op" sets a timer and has no onTimer to take it')
})

test('is of no use after the call, and refuses a function that waits', () => {
  const { context, a } = opened()
  context.run(a, 0, false, () => {})
  expect(() => context.emit('late')).toThrow(expect.objectContaining({ code: 'OPERATOR_ASYNC' }))
  expect(() => context.state).toThrow('after its function had returned')
  expect(() => context.run(a, 0, false, async () => {})).toThrow('returned a promise')
})
