import { Command, CommanderError } from 'commander'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { declareFlags, flagOf, notesOf } from './flags.ts'
import { quiet } from './quiet.ts'
import { settingsOf } from './settings.ts'
import { secret } from './value-types.ts'

const settings = settingsOf(
  z.object({ rate: z.number().default(1), resume: z.boolean().default(false), brokers: z.array(z.string()).optional(), password: secret() }),
  '',
)

function parse(...argv: string[]) {
  const command = quiet(new Command('program')).allowUnknownOption().allowExcessArguments()
  const flags = declareFlags(command, settings, argv)
  try {
    const { operands, unknown } = command.parseOptions(argv)
    flags.refuse([...operands, ...unknown])
  } catch (error) {
    flags.note(error)
  }
  return { given: Object.fromEntries([...flags.values].map(([{ flag }, { text }]) => [flag, text])), problems: flags.problems }
}

test('flags give text, whatever their order', () => {
  expect(parse('--resume', '--rate', '5', '--password-file', '/key')).toEqual({
    given: { resume: 'true', rate: '5', password: '/key' },
    problems: [],
  })
  expect(parse('--no-resume', '--rate=-5').given).toEqual({ resume: 'false', rate: '-5' })
})

test('a list may be given in parts', () => {
  expect(parse('--brokers', 'a:1', '--brokers', 'b:2').given).toEqual({ brokers: 'a:1,b:2' })
})

test.each([
  [['--rte', '5'], /^--rte is not known\. Did you mean --rate\?$/],
  [['extra'], /^"extra" is no flag/],
  [['--rate', '--resume'], /^--rate needs a value, <number>/],
  [['--rate'], /^--rate needs a value, <number>/],
  [['--no-resume=1'], /^--no-resume takes no value$/],
  [['--password', 'hidden'], /^--password is a secret/],
])('%j is a problem, reported without values of unknown or secret flags', (argv, problem) => {
  const { problems } = parse(...argv)
  expect(problems).toEqual([expect.stringMatching(problem)])
  expect(problems.join()).not.toContain('hidden')
})

test('help names the variable and the default', () => {
  expect(settings.map(flagOf)).toEqual(['--rate <number>', '--resume', '--brokers <text,…>', '--password-file <path>'])
  expect(settings.map(notesOf)).toEqual(['RATE; default 1', 'RESUME', 'BROKERS', 'PASSWORD or PASSWORD_FILE; required'])
})

test('an error that is none of commander is thrown on', () => {
  const { note } = declareFlags(new Command(), [], [])
  expect(() => note(new Error('other'))).toThrow('other')
  expect(() => note(new CommanderError(1, 'code', 'error: wrong'))).not.toThrow()
})
