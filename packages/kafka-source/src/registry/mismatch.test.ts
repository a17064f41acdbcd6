import { expect, test } from 'vitest'
import { mismatch, missing } from './mismatch.ts'
import { anyTarget } from './target.ts'

test('errors name the path, both sides and what to do', () => {
  const target = { ...anyTarget('a.b'), kind: 'integer' as const }
  expect(mismatch(target, 'a string', 'change it').message).toBe('a.b is a string in messages, and integer here: change it')
  expect(mismatch({ ...target, path: '' }, 'a string').message).toBe('a message is a string in messages, and integer here')
  expect(missing(target, ['x', 'y']).message).toMatch(/^a\.b is required here, and messages do not have it \(they have x, y\): make it optional/)
})
