import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { example, folder, type Ran, summaryOf } from './run.ts'

const keys = ['tickets', 'rejected', 'late', 'by_type', 'by_priority', 'high_priority', 'seconds', 'tickets_per_second']
const sum = (values: Record<string, number> = {}) => Object.values(values).reduce((a, b) => a + b, 0)
const parts = async (path: string) => (await readdir(path)).filter((name) => name.startsWith('part-')).sort()

function expectWhole(ran: Ran, tickets: number): void {
  expect(ran.stderr).not.toMatch(/error/i)
  expect(ran.code).toBe(0)
  const summary = summaryOf(ran)
  expect(Object.keys(summary)).toEqual(keys)
  expect(summary).toMatchObject({ tickets, rejected: 0, late: 0 })
  expect(sum(summary.by_type)).toBe(tickets)
  expect(sum(summary.by_priority)).toBe(tickets)
  expect(summary.high_priority).toBe((summary.by_priority?.high ?? 0) + (summary.by_priority?.critical ?? 0))
}

test('every format gives the same summary, read back from the files', async () => {
  const output = await folder()
  const seen: unknown[] = []
  for (const format of ['parquet', 'arrow', 'json', 'csv']) {
    const ran = await example('demo', ['--json', '--tickets', '3000', '--format', format, '--output', join(output, format)])
    expectWhole(ran, 3000)
    const { seconds: _, tickets_per_second: __, ...counts } = summaryOf(ran)
    seen.push(counts)
  }
  for (const counts of seen) expect(counts).toEqual(seen[0])
})

test('it starts over each time, and --resume changes nothing when there is nothing new', async () => {
  const output = join(await folder(), 'out')
  const run = (...more: string[]) => example('demo', ['--json', '--tickets', '2000', '--output', output, ...more])
  expectWhole(await run(), 2000)
  const first = await parts(join(output, 'tickets_with_assignment'))
  expectWhole(await run('--resume'), 2000)
  expect(await parts(join(output, 'tickets_with_assignment'))).toEqual(first)
  expectWhole(await run('--seed', '2'), 2000)
  const second = await parts(join(output, 'tickets_with_assignment'))
  expect(second.filter((name) => first.includes(name))).toEqual([])
})

test('a bad ticket among good ones is a dead letter, counted, and no failure', async () => {
  const home = await folder()
  const path = join(home, 'tickets.jsonl')
  await example('produce', ['--output', path, '--tickets', '100'])
  const good = await readFile(path, 'utf8')
  const [first = ''] = good.split('\n')
  await writeFile(path, `${first.replace(/"priority":"\w+"/, '"priority":"urgent"')}\nnot json\n${good}`)
  const ran = await example('demo', ['--json', '--input', path, '--output', join(home, 'out')])
  expect(ran.code).toBe(0)
  expect(summaryOf(ran)).toMatchObject({ tickets: 100, rejected: 2, late: 0 })
})

test('flags beat the environment, which beats .env', async () => {
  const home = await folder()
  await writeFile(join(home, '.env'), 'TICKETS=10\nOUTPUT=from-env-file\n')
  const counted = async (args: string[], env: Record<string, string>) =>
    summaryOf(await example('demo', ['--json', ...args], { cwd: home, env })).tickets
  expect(await counted([], {})).toBe(10)
  expect(await counted([], { TICKETS: '20' })).toBe(20)
  expect(await counted(['--tickets', '30'], { TICKETS: '20' })).toBe(30)
  expect(await counted(['--', '--tickets', '40'], {})).toBe(40)
  expect(existsSync(join(home, 'from-env-file/metrics'))).toBe(true)
})
