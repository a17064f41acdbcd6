import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lake, ticket } from '../log/logs.fixture.ts'
import { ticketsCli } from '../tickets.ts'

const run = async (...argv: string[]) => {
  let [out, err] = ['', '']
  const code = await ticketsCli({ argv: ['log', ...argv], print: (text) => (out += text), printError: (text) => (err += text) })
  return { code, out, err }
}

test('a log is shown as lines, or as JSON', async () => {
  const { dir, run: runLake } = await lake([0, 1].map((i) => JSON.stringify(ticket(i))))
  await runLake()
  const { code, out } = await run(join(dir, 'log'))
  expect(code).toBe(0)
  expect(out).toMatch(/^pipeline +lake\n/)
  expect(out).toContain(`process ${process.pid}`)
  expect(out).toMatch(/\ntickets\.jsonl-0 +\d+ +[\d,]+ +2026-01-01T00:01:00\.000Z +idle +2 +0 /)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that none is there is what is tested
  expect(out).not.toMatch(/\u001b/)
  expect(JSON.parse((await run(join(dir, 'log'), '--json')).out)).toMatchObject({ pipeline: 'lake', tasks: [{ rows: 2, state: 'idle' }] })
})

test('a folder without a log is one line on stderr', async () => {
  const { dir } = await lake([])
  expect(await run(join(dir, 'all'))).toEqual({ code: 1, out: '', err: expect.stringMatching(/^error OPTION_INVALID: there is no log in .*\n$/) })
})
