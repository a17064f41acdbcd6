import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commandList } from './commands/list.ts'
import { ticketsCli } from './tickets.ts'

const names = commandList.map(({ name }) => name)

const run = async (...argv: string[]) => {
  let [out, err] = ['', '']
  const code = await ticketsCli({ argv, print: (text) => (out += text), printError: (text) => (err += text) })
  return { code, out, err }
}

test.each([[[]], [['--help']], [['help']]])('%j lists the commands with one line each, and exits with 0', async (argv) => {
  const { code, out, err } = await run(...argv)
  expect([code, err]).toEqual([0, ''])
  expect(out).toMatch(/^Usage: tickets /)
  for (const command of [...names, 'help']) expect(out.split('\n').filter((line) => new RegExp(`^  ${command} `).test(line))).toHaveLength(1)
  expect(out).toContain('Exit codes: 0 done; 1 failed')
  expect(out.split('\n').every((line) => line.length < 120)).toBe(true)
})

test.each(names)('%s --help shows arguments, flags with their variables, and examples', async (command) => {
  const { code, out } = await run(command, '--help')
  expect(code).toBe(0)
  expect(out).toMatch(new RegExp(`^Usage: tickets ${command} `))
  expect(out).toMatch(/Flags:\n {2}--/)
  expect(out).toMatch(command === 'feeds' ? /FEEDS_CONFIG/ : new RegExp(`TICKETS_${command.toUpperCase()}_JSON`))
  expect(out).toMatch(new RegExp(`Examples:\n {2}tickets ${command} `))
})

test.each([
  [['inspct'], 'error OPTION_INVALID: there is no command "inspct". Did you mean inspect?\n'],
  [['inspect'], 'error OPTION_INVALID: <dir> is missing. See --help\n'],
  [['compact', 'data', '--target-mib'], 'error OPTION_INVALID: --target-mib needs a value, <number>. See --help\n'],
])('%j fails with one line on stderr, and exits with 1', async (argv, message) => {
  expect(await run(...argv)).toEqual({ code: 1, out: '', err: message })
})

test('an unknown flag is refused with the nearest one', async () => {
  expect(await run('inspect', 'data', '--jsn')).toMatchObject({ code: 1, err: expect.stringContaining('--jsn is not known. Did you mean --json?') })
})

test('a dataset that is not there is an error, not an empty one', async () => {
  const home = await mkdtemp(join(tmpdir(), 'tickets-cli-'))
  const { code, err } = await run('inspect', join(home, 'none'))
  expect(code).toBe(1)
  expect(err).toMatch(/^error [A-Z_]+: .*\n$/)
  await rm(home, { recursive: true })
})
