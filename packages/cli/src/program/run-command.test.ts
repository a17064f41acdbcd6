import { Command } from 'commander'
import { expect, test } from 'vitest'
import { quiet } from '../config/quiet.ts'
import { runCommand, unknownName } from './run-command.ts'

async function run(...argv: string[]): Promise<string> {
  const copy = quiet(new Command('copy')).argument('<from>').option('--times <number>')
  const program = quiet(new Command('program')).addCommand(copy.action(() => {}))
  let out = ''
  await runCommand(program, argv, (text) => {
    out += text
  })
  return out
}

test('help is printed, and a command line that is right prints nothing', async () => {
  expect(await run('--help')).toMatch(/^Usage: program /)
  expect(await run('copy', 'a', '--times', '3')).toBe('')
})

test.each([
  [['cpy'], 'there is no command "cpy". Did you mean copy?'],
  [['copy'], '<from> is missing. See --help'],
  [['copy', 'a', '--times'], '--times needs a value, <number>. See --help'],
])('%j is refused', async (argv, message) => {
  await expect(run(...argv)).rejects.toMatchObject({ code: 'OPTION_INVALID', message })
})

test('another name that is not there has the same form', () => {
  expect(unknownName('feed', 'lke', ['lake', 'alerts']).message).toBe('there is no feed "lke". Did you mean lake?')
})
