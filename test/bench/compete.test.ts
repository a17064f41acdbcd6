import { expect, test } from 'vitest'
import type { Contestant } from '../../bench/contestant.ts'
import { naive } from '../../bench/peers/naive.ts'
import { compete } from '../../bench/runner/compete.ts'
import { circumstances } from '../../bench/runner/machine.ts'
import { benchOptions } from '../../bench/runner/options.ts'
import { peersTable } from '../../bench/runner/peers-table.ts'
import { spread } from '../../bench/shared/statistics.ts'

const peer = (name: string, program: string, install = async () => ({})): Contestant<string> => ({
  name,
  title: `The ${name}`,
  from: 'file',
  tuning: 'none',
  install,
  run: () => ({ command: process.execPath, args: ['-e', program] }),
})
const liar = peer('liar', `console.log('BENCH {"seconds": 0.001}')`)
const faulty = peer('faulty', `throw new Error('out of luck')`)
const modest = { ...peer('modest', ''), most: 1000 }
const absent = peer('absent', '', () => Promise.reject(new Error('there is no package of that name')))

test('each is right, wrong, failed or missing; none is left out, and none is fast by doing nothing', async () => {
  const said: string[] = []
  const outcomes = await compete({
    contestants: [naive, liar, faulty, modest, absent],
    rows: [2000],
    repeats: 2,
    timeout: 60_000,
    say: (line) => said.push(line),
  })
  expect(outcomes.map(({ name, status, reason, runs }) => ({ name, status, reason, runs: runs.length }))).toEqual([
    { name: 'naive', status: 'right', reason: '', runs: 2 },
    { name: 'liar', status: 'wrong', reason: expect.stringContaining('tickets_by_type: is not there'), runs: 1 },
    { name: 'faulty', status: 'failed', reason: 'exit code 1: Error: out of luck', runs: 0 },
    { name: 'absent', status: 'missing', reason: 'there is no package of that name', runs: 0 },
  ])
  expect(said).toContain('modest does 1,000 tickets at the most: left out at 2,000')
  // In turns: what is wrong, failed or missing has no second one.
  expect(said.filter((line) => / of 2: /.test(line)).map((line) => /(\d) of 2: (\w+)/.exec(line)?.slice(1).join(' '))).toEqual([
    '1 naive',
    '1 liar',
    '2 naive',
  ])
  const table = peersTable({ circumstances: circumstances(), repeats: 2, outcomes }, 2000, 'file')
  expect(table.map(({ contestant }) => contestant)).toEqual([naive.title, expect.stringContaining('The liar: WRONG'), 'The faulty', 'The absent'])
  expect(table[3]).toEqual({ contestant: 'The absent', 'tickets/s': 'missing: there is no package of that name' })
})

test('options: what is not known is refused with what there is', () => {
  expect(benchOptions(['--quick', '--only', 'tickets, duckdb'])).toMatchObject({ only: ['tickets', 'duckdb'], rows: [100_000], repeats: 1 })
  expect(benchOptions(['--', '--rows', '1_000,2000'])).toMatchObject({ rows: [1000, 2000], repeats: 5, record: false })
  expect(benchOptions(['--record'])).toMatchObject({ rows: [10_000, 1_000_000, 5_000_000], record: true })
  expect(() => benchOptions(['--only', 'ducks'])).toThrow(/no contestant is called ducks: there are tickets,/)
  expect(() => benchOptions(['--rows', 'many'])).toThrow('--rows is a whole number from 1, got many')
})

test('the middle half of the runs lies between the 25th and the 75th percentile', () => {
  expect(spread([5, 1, 4, 2, 3])).toEqual({ median: 3, min: 1, max: 5, low: 2, high: 4 })
  expect(spread([1, 2])).toEqual({ median: 1.5, min: 1, max: 2, low: 1.25, high: 1.75 })
  expect(spread([7])).toEqual({ median: 7, min: 7, max: 7, low: 7, high: 7 })
})
