import { describe, expect, test } from 'vitest'
import { contestants } from '../../bench/contestants.ts'
import type { Outcome } from '../../bench/runner/compete.ts'
import { circumstances } from '../../bench/runner/machine.ts'
import { benchOptions } from '../../bench/runner/options.ts'
import { contestantsVersus, peers, versusNotes, versusTable } from '../../bench/runner/versus.ts'

describe('--vs', () => {
  test('runs the peers, and those of ours that read the same', () => {
    expect(contestantsVersus('duckdb')).toEqual(['tickets', 'duckdb'])
    expect(contestantsVersus('kafkajs')).toEqual(['kafka-tickets', 'naive-kafka'])
    expect(benchOptions(['--vs', 'spark,flink,duckdb,kafkajs'])).toMatchObject({
      vs: true,
      only: [
        'tickets',
        'kafka-tickets',
        'spark-queries',
        'spark-foreach',
        'kafka-spark',
        'kafka-flink',
        'kafka-flink-streaming',
        'duckdb',
        'naive-kafka',
      ],
    })
  })

  test('names only contestants that there are, and every one that is not ours', () => {
    const named = Object.values(peers).flat().sort()
    expect(named).toEqual(
      contestants
        .filter(({ title }) => !title.startsWith('@tickets'))
        .map(({ name }) => name)
        .sort(),
    )
  })

  test('refuses what it does not know, and --only beside it', () => {
    expect(() => benchOptions(['--vs', 'ducks'])).toThrow('--vs knows no ducks: there are spark, flink,')
    expect(() => benchOptions(['--vs', 'duckdb', '--only', 'tickets'])).toThrow('--vs and --only both choose contestants')
  })
})

const outcome = (name: string, seconds: readonly number[], more: Partial<Outcome> = {}): Outcome => ({
  name,
  title: `The ${name}`,
  from: 'file',
  tuning: '',
  rows: 1000,
  versions: { [name]: '1.0' },
  status: 'right',
  reason: '',
  runs: seconds.map((one) => ({ seconds: one, total: one, cpu: one, memory: 1, bytes: 1, files: 1, others: 0 })),
  ...more,
})
const result = (...outcomes: Outcome[]) => ({ circumstances: circumstances(), repeats: 3, outcomes })

describe('the ratio', () => {
  test('is of the two runs of one turn, so that a slow moment of the machine slows both', () => {
    const [row, ...more] = versusTable(result(outcome('tickets', [1, 10, 2]), outcome('duckdb', [2, 20, 4])))
    expect(row).toEqual({ peer: 'The duckdb', tickets: '1,000', 'ours to it': '2.00 (2.00 to 2.00) ×', turns: 3 })
    expect(more).toEqual([])
  })

  test('below 1 × says that ours loses, and how far the turns spread', () => {
    const [row] = versusTable(result(outcome('tickets', [2, 2, 2]), outcome('duckdb', [1, 1.5, 2])))
    expect(row?.['ours to it']).toBe('0.75 (0.63 to 0.88) ×')
  })

  test('is not given for a peer that was wrong or missing, nor without ours: the reason is', () => {
    const wrong = outcome('duckdb', [1], { status: 'wrong', reason: 'a row is not there' })
    expect(versusTable(result(outcome('tickets', [1]), wrong))[0]).toMatchObject({ 'ours to it': 'duckdb: wrong a row is not there', turns: 0 })
    const missing = outcome('tickets', [], { status: 'missing', reason: 'it is not built' })
    expect(versusTable(result(missing, outcome('duckdb', [1])))[0]).toMatchObject({ 'ours to it': 'tickets: missing it is not built', turns: 0 })
    expect(versusTable(result(outcome('duckdb', [1])))[0]).toMatchObject({ 'ours to it': 'tickets: did not run', turns: 0 })
  })

  test('comes with the machine, the date and the versions of all that ran', () => {
    const text = versusNotes(result(outcome('tickets', [1]), outcome('duckdb', [1]))).join('\n')
    expect(text).toMatch(/Measured \d{4}-\d\d-\d\d, commit \w+.*cores.*Node/)
    expect(text).toContain('Versions: tickets 1.0, duckdb 1.0.')
  })
})
