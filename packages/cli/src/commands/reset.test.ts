import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lake, ticket } from '../log/logs.fixture.ts'
import { openPlace } from '../log/place.ts'
import { ticketsCli } from '../tickets.ts'

const run = async (...argv: string[]) => {
  let [out, err] = ['', '']
  const code = await ticketsCli({ argv: ['reset', ...argv], print: (text) => (out += text), printError: (text) => (err += text) })
  return { code, out, err }
}

test('without --yes it says what it would do and does nothing; with it, it does that', async () => {
  const { dir, run: runLake } = await lake([JSON.stringify(ticket(0))])
  await runLake()
  const log = join(dir, 'log')
  const left = async () => (await (await openPlace(log)).files()).length
  const before = await left()
  expect(await run(log)).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/^error LOG_HELD: .*--after.*\n$/) })
  const asked = await run(log, '--after', '0')
  expect(asked).toMatchObject({ code: 1, err: 'error OPTION_INVALID: nothing was removed: repeat it with --yes\n' })
  expect(asked.out).toContain(`removes the log of "lake" in ${log}: ${before} files`)
  expect(asked.out).toContain(`  all: file:${join(dir, 'all')}\n`)
  expect(await left()).toBe(before)
  const done = await run(log, '--after', '0', '--yes', '--json')
  expect(done.code).toBe(0)
  expect(JSON.parse(done.out)).toMatchObject({ done: true, pipeline: 'lake', removes: { files: before } })
  expect(await left()).toBe(0)
  expect(await run(log, '--yes')).toMatchObject({ code: 1, err: expect.stringContaining('there is no log in') })
})
