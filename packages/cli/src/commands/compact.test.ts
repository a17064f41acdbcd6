import { parquetSink } from '@tickets/sinks'
import { expect, test } from 'vitest'
import { commit, folder } from '../../../sinks/test/helpers.ts'
import { row } from '../../../sinks/test/lake-helpers.ts'
import { ticketsCli } from './tickets.ts'

const run = async (...argv: string[]) => {
  let out = ''
  const code = await ticketsCli({ argv: ['compact', ...argv], print: (text) => (out += text), printError: (text) => (out += text) })
  return { code, out }
}

test('small files are merged, all but those of the newest record, and a second time there is nothing to do', async () => {
  const dir = await folder()
  for (let n = 0; n < 3; n++) await commit(parquetSink(dir), [row(n)], n)
  expect(await run(dir)).toEqual({ code: 0, out: expect.stringMatching(/^2 files became 1, .* became .*\n$/) })
  expect(await run(dir)).toEqual({ code: 0, out: 'nothing to compact\n' })
  expect(process.listenerCount('SIGINT')).toBe(0)
})

test('with --json the result is one object, and files that are too new stay', async () => {
  const dir = await folder()
  for (let n = 0; n < 3; n++) await commit(parquetSink(dir), [row(n)], n)
  const { out } = await run(dir, '--json', '--before', '2000-01-01T00:00:00Z')
  expect(JSON.parse(out)).toMatchObject({ written: 0 })
})

test('a time without an offset is refused', async () => {
  expect(await run('data', '--before', '2026-01-01T00:00:00')).toMatchObject({
    code: 1,
    out: expect.stringContaining('--before 2026-01-01T00:00:00'),
  })
})
