import { parquetSink } from '@tickets/sinks'
import { expect, test } from 'vitest'
import { commit, folder } from '../../../sinks/test/helpers.ts'
import { row } from '../../../sinks/test/lake-helpers.ts'
import { ticketsCli } from '../tickets.ts'

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

test('--delete removes the rows with a value, counts them by file, and exits with 1 while some stay in the newest one', async () => {
  const dir = await folder()
  for (let n = 0; n < 3; n++) await commit(parquetSink(dir), [row(7), row(n)], n)
  expect(await run(dir, '--delete', 'small=7')).toEqual({
    code: 1,
    out: [
      'part-log1-tickets-0-0-0.parquet: 1 rows deleted, 1 left',
      'part-log1-tickets-0-1-0.parquet: 1 rows deleted, 1 left',
      '2 rows deleted from 2 files',
      'part-log1-tickets-0-2-0.parquet: 1 rows stay, since it is the newest file of its task: run this again once the pipeline has written more',
      '',
    ].join('\n'),
  })
  await commit(parquetSink(dir), [row(3)], 3)
  const { code, out } = await run(dir, '--delete', 'small=7', '--json')
  expect([code, JSON.parse(out)]).toEqual([0, { rows: 1, files: [{ file: 'part-log1-tickets-0-2-0.parquet', deleted: 1, left: 1 }], waiting: [] }])
  expect(await run(dir, '--delete', 'small=7')).toEqual({ code: 0, out: 'no row was deleted: none that may go has this value\n' })
})

test('--delete without a column, with an unknown one, and with --before is refused, and no error has the value', async () => {
  const dir = await folder()
  await commit(parquetSink(dir), [row(1)], 0)
  for (const [given, says] of [
    [['--delete', 'canary'], '--delete takes column=value'],
    [['--delete', 'smal=canary'], 'no column "smal"'],
    [['--delete', 'small=canary', '--before', '2026-01-01T00:00:00Z'], 'leave --before out'],
  ] as const) {
    const { code, out } = await run(dir, ...given)
    expect([code, out]).toEqual([1, expect.stringContaining(says)])
    expect(out).not.toContain('canary')
  }
})
