import { expect, it } from 'vitest'
import { readOperatorState } from './operator-state-record.ts'

it('reads the state of the body of a task or of the merge', () => {
  const state = { base: 3, cuts: { 'f/w': { version: 1, cut: [1] } } }
  expect(readOperatorState({ body: { from: 0, to: 1, state } })).toEqual(state)
  expect(readOperatorState({ body: { position: {}, state: { base: 0, cuts: {}, file: '0-a.json' } } }).file).toBe('0-a.json')
})
