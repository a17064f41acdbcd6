import { expect, test } from 'vitest'
import { FileLost } from './task.ts'

test('a lost file says what ended its thread', () => {
  const cause = new Error('exit code 7')
  expect(new FileLost(cause.message, { cause })).toMatchObject({ name: 'FileLost', message: 'exit code 7', cause })
})
