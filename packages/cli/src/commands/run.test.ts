import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folder } from '../log/logs.fixture.ts'
import { lakeModule } from '../run/lake.fixture.ts'
import { ticketsCli } from '../tickets.ts'

const run = async (...argv: string[]) => {
  let [out, err] = ['', '']
  const code = await ticketsCli({ argv: ['run', ...argv], print: (text) => (out += text), printError: (text) => (err += text) })
  return { code, out, err }
}

test('a pipeline runs to its end, and the last line says what was written', async () => {
  const path = await lakeModule('tickets: 30')
  const { code, out, err } = await run(path)
  expect([code, err]).toEqual([0, ''])
  expect(out).toMatch(/^starting .*\ndone: 30 rows read in [\d.]+ s; written: all 30; all of it is committed.*\n$/)
  expect((await run(path)).out).toContain('done: 0 rows read')
})

test('a function that returns a pipeline, and feeds', async () => {
  expect(
    (await run(await lakeModule('tickets: 3', 'lake'), '--json')).out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toMatchObject([{ event: 'starting' }, { event: 'ended', how: 'done', rows: 3 }])
  expect(await run(await lakeModule('tickets: 3', 'feeds({ lake: { pipeline: lake } })'))).toMatchObject({
    code: 0,
    out: expect.stringContaining('lake: done, 3 rows'),
  })
})

test('SIGTERM drains: what was read is committed, and the exit code is 0', async () => {
  const path = await lakeModule('rate: 200')
  let out = ''
  const listeners = process.listenerCount('SIGTERM')
  const ended = ticketsCli({ argv: ['run', path, '--every', '100'], print: (text) => (out += text), printError: (text) => (out += text) })
  for (let tries = 0; !/ranges committed/.test(out) && tries < 600; tries++) await new Promise((done) => setTimeout(done, 50))
  expect(process.listenerCount('SIGTERM')).toBe(listeners + 1)
  process.emit('SIGTERM')
  expect(await ended).toBe(0)
  expect(out).toMatch(/[\d,]+ rows \([\d,]+\/s\), [\d,]+ ranges committed/)
  const [, rows = '', written = ''] = /\nstopped: ([\d,]+) rows read in .*written: all ([\d,]+)/.exec(out) ?? []
  expect(written).toBe(rows)
  expect(Number(written.replaceAll(',', ''))).toBeGreaterThan(0)
})

test('what fails is one line on stderr, and exit code 1', async () => {
  const dir = await folder()
  await writeFile(join(dir, 'other.mjs'), 'const three = 3; export { three as default }')
  expect(await run(join(dir, 'other.mjs'))).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^error OPTION_INVALID: .* does not export pipeline\(\{ … \}\) or feeds/),
  })
  expect(await run(join(dir, 'none.mjs'))).toMatchObject({ code: 1, err: expect.stringContaining('there is no file') })
  expect(await run(await lakeModule('tickets: 3', '() => undefined'))).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^error OPTION_INVALID: the function that .*lake\.mjs exports returns neither/),
  })
  expect(await run(await lakeModule('tickets: -1'))).toMatchObject({ code: 1, err: expect.stringMatching(/^error OPTION_INVALID: tickets is/) })
})
