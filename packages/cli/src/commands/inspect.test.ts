import { parquetSink } from '@tickets/sinks'
import { expect, test } from 'vitest'
import { commit, folder } from '../../../sinks/test/helpers.ts'
import { row } from '../../../sinks/test/lake-helpers.ts'
import { ticketsCli } from '../tickets.ts'

const run = async (...argv: string[]) => {
  let out = ''
  const code = await ticketsCli({ argv: ['inspect', ...argv], print: (text) => (out += text), printError: (text) => (out += text) })
  return { code, out }
}

test('a dataset is shown as a table, as JSON, or as the SQL of a view', async () => {
  const dir = await folder()
  await commit(parquetSink(dir), [row(1), row(2)], 0)
  const table = await run(dir)
  expect(table.code).toBe(0)
  expect(table.out).toMatch(/rows +│ 2 /)
  const [version] = JSON.parse((await run(dir, '--json')).out) as { rows: number; format: string }[]
  expect(version).toMatchObject({ rows: 2, format: 'parquet' })
  expect((await run(dir, '--sql')).out).toMatch(/CREATE .*VIEW/i)
})

test('the sample is a whole number from 0', async () => {
  expect(await run('data', '--sample', '-1')).toMatchObject({ code: 1, out: expect.stringMatching(/^error OPTION_INVALID: --sample/) })
})
