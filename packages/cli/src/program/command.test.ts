import { Command } from 'commander'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { quiet } from '../config/quiet.ts'
import { commandOf } from './command.ts'
import { runCommand } from './run-command.ts'

async function run(argv: string[]) {
  const seen: unknown[] = []
  let [out, code] = ['', -1]
  const program = quiet(new Command('program'))
  program.addCommand(
    commandOf(
      {
        name: 'copy',
        description: 'Copy files',
        arguments: [
          ['<from>', 'the file'],
          ['[to...]', 'where to'],
        ],
        flags: z.object({ times: z.int().default(1).describe('how often'), dry: z.boolean().default(false) }),
        prefix: 'TICKETS_TEST_COPY_',
        run: async (args, flags) => {
          seen.push(args, flags)
          return args.length > 2 ? 3 : undefined
        },
      },
      argv,
      (ended) => (code = ended),
    ),
  )
  await runCommand(program, argv, (text) => (out += text))
  return { seen, out, code }
}

test('arguments and flags reach the command, in any order', async () => {
  expect(await run(['copy', '--times', '3', 'a', 'b', '--dry'])).toMatchObject({ seen: [['a', 'b'], { times: 3, dry: true }], code: 0 })
})

test('the exit code is the one that the command resolves to', async () => {
  expect((await run(['copy', 'a', 'b', 'c'])).code).toBe(3)
})

test('flags are set in the environment too', async () => {
  process.env.TICKETS_TEST_COPY_TIMES = '7'
  try {
    expect((await run(['copy', 'a'])).seen[1]).toEqual({ times: 7, dry: false })
  } finally {
    delete process.env.TICKETS_TEST_COPY_TIMES
  }
})

test('--help prints and runs nothing', async () => {
  const { out, seen } = await run(['copy', '--help'])
  expect(out).toMatch(/--times <number> +how often \(TICKETS_TEST_COPY_TIMES; default 1\)/)
  expect(seen).toEqual([])
})

test.each([
  [['cpy'], 'there is no command "cpy". Did you mean copy?'],
  [['copy'], '<from> is missing'],
  [['copy', 'a', '--times'], '--times needs a value, <number>'],
  [['copy', 'a', '--tims=2'], '--tims is not known. Did you mean --times?'],
  [['copy', 'a', '--times', 'often'], '--times often: is a whole number'],
])('%j is refused', async (argv, message) => {
  await expect(run(argv)).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining(message) })
})
