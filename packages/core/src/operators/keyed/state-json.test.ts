import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { copyState } from './state-json.ts'

const OWN_PROTO = JSON.parse('{ "__proto__": 1, "constructor": 2 }') as object

test.each([
  [0],
  ['text'],
  [true],
  [null],
  [[]],
  [{ list: [1, { deep: [null, 'a'] }], none: null }],
  [OWN_PROTO],
  [Object.create(null)],
  [runInNewContext('({ list: [1] })')],
])('copies %j, and shares nothing with it', (state) => {
  const made = copyState(state, '"op"')
  expect(JSON.stringify(made)).toBe(JSON.stringify(state))
  if (typeof state === 'object' && state !== null) expect(made).not.toBe(state)
})

test('a member that is undefined reads as one that is absent', () => {
  expect(copyState({ a: undefined, b: 1 }, '"op"')).toEqual({ b: 1 })
})

class Own {
  n = 1
}

test.each([
  [{ at: new Date(0) }, 'a Date at state.at'],
  [{ seen: [new Map()] }, 'a Map at state.seen[0]'],
  [new Set(), 'a Set at state,'],
  [{ own: new Own() }, 'a Own at state.own'],
  [[1, Number.NaN], 'NaN at state[1]'],
  [Number.POSITIVE_INFINITY, 'Infinity at state,'],
  [[undefined], 'undefined at state[0]'],
  [undefined, 'undefined at state,'],
  [{ big: 1n }, 'bigint at state.big'],
  [{ run: () => 1 }, 'function at state.run'],
])('refuses what JSON would change: %o', (state, message) => {
  expect(() => copyState(state, '"op" for the key ["a"]')).toThrow(
    expect.objectContaining({ code: 'OPERATOR_STATE', message: expect.stringContaining(message) }),
  )
})
