import { Command } from 'commander'
import { expect, test } from 'vitest'
import { quiet } from './quiet.ts'

test('a quiet command throws instead of ending the process', () => {
  expect(() => quiet(new Command('program')).parse(['--nope'], { from: 'user' })).toThrow("unknown option '--nope'")
})
