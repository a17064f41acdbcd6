import { readFileSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { naiveFlows } from '../../bench/peers/naive-flows.ts'
import { check } from '../../bench/runner/check.ts'
import { withDatabase } from '../../bench/runner/database.ts'
import { ticketsFile } from '../../bench/runner/input.ts'
import { type Reference, referenceOf } from '../../bench/runner/reference.ts'

// 20,000 tickets are some six minutes, each of which has windows.
let home: string
let reference: Reference
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tickets-check-'))
  const { path } = await ticketsFile({ rows: 20_000 })
  reference = await referenceOf(path)
  const { line, end } = naiveFlows(join(home, 'right'))
  for (const text of readFileSync(path, 'utf8').trimEnd().split('\n')) line(text)
  end()
})
afterAll(() => rm(home, { recursive: true, force: true }))

/** A copy of the right outputs in which one dataset is what a query over its rows gives. */
async function spoiled(dataset: string, query: string, codec = 'snappy'): Promise<readonly string[]> {
  const out = await mkdtemp(join(home, 'spoiled-'))
  await cp(join(home, 'right'), out, { recursive: true })
  const file = join(out, dataset, '0.parquet')
  await withDatabase(async ({ rows }) => {
    await rows(`CREATE TABLE kept AS FROM '${file}'`)
    await rows(`COPY (${query}) TO '${file}' (FORMAT parquet, COMPRESSION ${codec})`)
  })
  return (await check(out, reference)).wrong
}

const lastWindow = 'window_start = (SELECT max(window_start) FROM kept)'
const firstWindow = 'window_start = (SELECT min(window_start) FROM kept)'

test('right outputs are right, and counted', async () => {
  expect(await check(join(home, 'right'), reference)).toEqual({ wrong: [], bytes: expect.any(Number), files: 4 })
})

test.each([
  ['a row twice', 'tickets_with_assignment', 'FROM kept UNION ALL (FROM kept LIMIT 1)', '20001 rows instead of 20000'],
  ['a row missing', 'tickets_with_assignment', 'FROM kept OFFSET 1', '19999 rows instead of 20000'],
  ['one letter', 'tickets_with_assignment', `SELECT * REPLACE (replace(request, 'e', 'E') AS request) FROM kept`, 'the rows have other values'],
  [
    'a millisecond',
    'tickets_with_assignment',
    'SELECT * REPLACE (created_at + INTERVAL 1 millisecond AS created_at) FROM kept',
    'the rows have other values',
  ],
  ['a team', 'high_priority_tickets', `SELECT * REPLACE ('Nobody' AS assigned_team) FROM kept`, 'the rows have other values'],
  [
    'a count',
    'tickets_by_type',
    `SELECT * REPLACE (tickets + 1 AS tickets) FROM kept WHERE ${firstWindow} UNION ALL FROM kept WHERE NOT ${firstWindow}`,
    '4 windows different',
  ],
  ['clients', 'tickets_by_priority', 'SELECT * REPLACE (clients + 1 AS clients) FROM kept', /\d+ windows different/],
  ['windows twice', 'tickets_by_priority', `FROM kept UNION ALL FROM kept WHERE ${lastWindow}`, '4 windows twice'],
  ['windows missing', 'tickets_by_type', `FROM kept WHERE NOT ${firstWindow}`, '4 windows missing'],
  ['windows of another time', 'tickets_by_type', `SELECT * REPLACE (window_start + INTERVAL 1 second AS window_start) FROM kept`, /windows missing/],
])('outputs with %s are wrong', async (_, dataset, query, said) => {
  const wrong = await spoiled(dataset, query)
  expect(wrong.join()).toContain(dataset)
  expect(wrong.join()).toMatch(said)
})

test('windows that are not closed may be missing', async () => {
  expect(await spoiled('tickets_by_type', `FROM kept WHERE NOT ${lastWindow}`)).toEqual([])
})

test('the highest revision of a window counts', async () => {
  const revised = 'SELECT *, 1 AS revision FROM kept UNION ALL SELECT * REPLACE (tickets - 1 AS tickets), 0 AS revision FROM kept'
  expect(await spoiled('tickets_by_type', revised)).toEqual([])
  expect((await spoiled('tickets_by_type', revised.replace('1 AS revision', '-1 AS revision'))).join()).toMatch('windows different')
})

test('another compression is wrong, and so is a dataset that is not there', async () => {
  expect(await spoiled('high_priority_tickets', 'FROM kept', 'zstd')).toEqual(['high_priority_tickets: compression is ZSTD, not SNAPPY'])
  const out = await mkdtemp(join(home, 'less-'))
  await cp(join(home, 'right'), out, { recursive: true })
  await rm(join(out, 'tickets_by_type'), { recursive: true })
  expect((await check(out, reference)).wrong).toEqual(['tickets_by_type: is not there'])
})
