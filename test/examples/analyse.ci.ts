import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ticketStream } from '@tickets/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openLake } from '../../examples/analyse/lake-reader.ts'
import { ensureLake, ensureWarehouse } from '../../examples/analyse/make.ts'
import { type Answer, type Answers, questions } from '../../examples/analyse/questions.ts'
import { openWarehouse } from '../../examples/analyse/warehouse-reader.ts'
import { inWorkingWeeks, START } from '../../examples/analyse/working-weeks.ts'
import { ownDatabase } from '../../packages/sinks/test/mysql-helpers.ts'
import { oracle } from './analyse.oracle.ts'
import { example, folder } from './run.ts'

// Two weeks and a bit: with a failure, weekends, and a week that is not whole.
const tickets = 45_000
const database = await ownDatabase('the questions asked of the warehouse')
const lakeQuestions = await questions('lake')
const warehouseQuestions = await questions('warehouse')

test('ten questions, the same in plain words for both', () => {
  const asked = (all: typeof lakeQuestions) => all.map(({ name, question }) => [name, question])
  expect(lakeQuestions).toHaveLength(10)
  expect(asked(warehouseQuestions)).toEqual(asked(lakeQuestions))
  for (const { question, name } of lakeQuestions) expect(question, name).toMatch(/^[A-Z].{30,}\?/)
})

describe.skipIf(!database)('the lake and the warehouse of the same tickets', () => {
  let lake: Answers & { close(): void }
  let warehouse: Answers & { close(): Promise<void> }
  beforeAll(async () => {
    const path = join(await folder(), 'tickets')
    const options = { lake: path, tickets, seed: 7 }
    expect(await ensureLake(options)).toBe('made')
    expect(await ensureWarehouse({ ...options, url: `${database?.url}`, isOurs: true })).toBe(true)
    lake = await openLake(path)
    warehouse = await openWarehouse(`${database?.url}`)
  })
  afterAll(async () => {
    lake?.close()
    await warehouse?.close()
  })

  test.each(lakeQuestions.map(({ name }, i) => ({ name, i })))('$name: equal, value by value', async ({ i }) => {
    const [fromLake, fromWarehouse] = await both(i)
    expect(fromWarehouse).toEqual(fromLake)
    expect(fromLake.rows.length).toBeGreaterThan(1)
    // A column that is the same everywhere would say nothing of the other side.
    for (const column of fromLake.columns.slice(1)) expect(new Set(values(fromLake, column)).size, column).toBeGreaterThan(1)
  })

  test.each(Object.entries(oracle))('%s: what the generator gives, counted without SQL', async (name, answer) => {
    const kept = [...ticketStream({ tickets, seed: 7, start: START, spacing: '30 seconds' })].filter(inWorkingWeeks)
    expect(kept.length).toBeGreaterThan(5000)
    const [fromLake] = await both(lakeQuestions.findIndex((one) => one.name === name))
    expect(fromLake.rows).toEqual(answer(kept))
  })

  test('another value in one of them is seen', async () => {
    const changed = async (i: number, from: string, to: string) => {
      const sql = `${warehouseQuestions[i]?.sql}`
      expect(sql).toContain(from)
      return warehouse.ask(sql.replace(from, to))
    }
    expect(await changed(3, 'percent_of_usual, date_key', 'date_key')).not.toEqual((await both(3))[0])
    expect(await changed(7, 'DIV 1000', 'DIV 1001')).not.toEqual((await both(7))[0])
    await database?.query(`UPDATE fact_ticket SET priority = 'low' WHERE priority = 'critical' ORDER BY ticket_id LIMIT 1`)
    expect((await both(2))[1]).not.toEqual((await both(2))[0])
  })

  async function both(i: number): Promise<readonly [Answer, Answer]> {
    return [await lake.ask(`${lakeQuestions[i]?.sql}`), await warehouse.ask(`${warehouseQuestions[i]?.sql}`)]
  }
})

const values = ({ columns, rows }: Answer, column: string) => rows.map((row) => row[columns.indexOf(column)])
const hashes = async (path: string) =>
  Promise.all(
    (await readdir(path)).sort().map(async (name) => [
      name,
      createHash('sha256')
        .update(await readFile(join(path, name)))
        .digest('hex'),
    ]),
  )

test('analyse makes a lake, says so, and draws a chart for each question; again it changes nothing', async () => {
  const home = await folder()
  const run = (output: string, more: readonly string[] = []) =>
    example('analyse', ['--lake', join(home, 'lake'), '--output', join(home, output), '--tickets', '6000', ...more])
  const first = await run('one')
  expect(first, first.stderr).toMatchObject({ code: 0, stderr: expect.stringContaining('analyse-lake: made of 6000 generated tickets') })
  for (const { name, question } of lakeQuestions) expect(first.stdout).toContain(`${name}: ${question}`)
  const charts = (await readdir(join(home, 'one'))).filter((name) => name.endsWith('.svg'))
  expect(charts.sort()).toEqual(lakeQuestions.map(({ name }) => `${name}.svg`))
  const chart = await readFile(join(home, 'one', '01-volume-by-hour.svg'), 'utf8')
  expect(chart).toMatch(/^<svg /)
  expect(chart.match(/<rect [^>]*height="[1-9][\d.]*"/g)).toHaveLength(24)
  expect(await run('two')).toMatchObject({ code: 0 })
  expect(await hashes(join(home, 'two'))).toEqual(await hashes(join(home, 'one')))
  const other = await run('three', ['--seed', '2'])
  expect(other).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error SOURCE_CHANGED: .*lake was made here of other --tickets or another --seed/m),
  })
})

test.skipIf(!database)('analyse with a warehouse of its own; its password is never shown', async () => {
  const home = await folder()
  const { url = '', query } = database ?? {}
  // Another test of this file has filled the star schema of this database.
  await query?.('DROP DATABASE IF EXISTS tickets_analyse_example')
  await query?.('CREATE DATABASE tickets_analyse_example')
  const own = new URL(url)
  own.pathname = '/tickets_analyse_example'
  try {
    const args = ['--lake', join(home, 'lake'), '--output', join(home, 'out'), '--tickets', '6000', '--warehouse', own.href]
    const ran = await example('analyse', args)
    expect(ran, ran.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('same answer to 10 of 10 questions') })
    const wrong = await example('analyse', args.with(-1, own.href.replace(own.password, 'not-the-password')))
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringMatching(/error TARGET_UNUSABLE: .*user and password/) })
    for (const { stdout, stderr } of [ran, wrong]) expect(stdout + stderr).not.toMatch(new RegExp(`${own.password}|not-the-password`))
  } finally {
    await query?.('DROP DATABASE tickets_analyse_example')
  }
})

test('a lake without teams, and a folder that is none, are refused with what to do', async () => {
  const home = await folder()
  await mkdir(join(home, 'empty'))
  const empty = await example('analyse', ['--lake', join(home, 'empty')])
  expect(empty).toMatchObject({ code: 1, stderr: expect.stringContaining('error TARGET_UNUSABLE: ') })
  const ran = await example('generate-to-parquet', ['--tickets', '100', '--output', join(home, 'made')])
  expect(ran.code, ran.stderr).toBe(0)
  const metrics = await example('analyse', ['--lake', join(home, 'made/metrics')])
  expect(metrics).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error SCHEMA_MISMATCH: .* has no column ticket_id, .*assignTeam/) })
})
