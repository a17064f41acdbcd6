import { contestants } from '../contestants.ts'
import type { Cell } from '../shared/print.ts'
import { quartiles, spread } from '../shared/statistics.ts'
import type { Outcome } from './compete.ts'
import { inWords } from './machine.ts'
import type { PeersResult } from './peers-table.ts'

/** What `--vs` takes, and the contestants that each stands for. */
export const peers: Readonly<Record<string, readonly string[]>> = {
  spark: ['spark-queries', 'spark-foreach', 'kafka-spark'],
  flink: ['kafka-flink', 'kafka-flink-streaming'],
  duckdb: ['duckdb'],
  kafkajs: ['naive-kafka'],
  polars: ['polars'],
  quix: ['kafka-quix'],
  bytewax: ['kafka-bytewax'],
  'kafka-streams': ['kafka-streams'],
  naive: ['naive'],
}

/** The one of ours that peers are compared with, by what they read. */
const ours = { file: 'tickets', kafka: 'kafka-tickets' } as const

/**
 * Returns the names of the contestants for `--vs`: the peers, and those of ours that read the same, first.
 *
 * @example
 * contestantsVersus('duckdb,kafkajs') // ['tickets', 'kafka-tickets', 'duckdb', 'naive-kafka']
 */
export function contestantsVersus(given: string): string[] {
  const names = given.split(',').map((name) => name.trim())
  const unknown = names.filter((name) => !Object.hasOwn(peers, name))
  if (unknown.length > 0) throw new Error(`--vs knows no ${unknown.join(', ')}: there are ${Object.keys(peers).join(', ')}`)
  const theirs = names.flatMap((name) => peers[name] ?? [])
  const sources = new Set(contestants.filter(({ name }) => theirs.includes(name)).map(({ from }) => from))
  return [...Object.entries(ours).flatMap(([from, name]) => (sources.has(from as 'file') ? [name] : [])), ...new Set(theirs)]
}

/** Ratios of rates, ours to theirs, of each turn: what slows the machine in one turn slows both. */
function ratios(own: Outcome, their: Outcome): number[] {
  return own.runs.slice(0, their.runs.length).map(({ seconds }, turn) => (their.runs[turn]?.seconds ?? Number.NaN) / seconds)
}

/** Returns a row for each peer and size: the ratio of each turn as its median and quartiles, or why there is none. */
export function versusTable({ outcomes }: PeersResult): Record<string, Cell>[] {
  const names = new Set<string>(Object.values(ours))
  return outcomes
    .filter(({ name }) => !names.has(name))
    .map((their) => {
      const own = outcomes.find(({ name, rows }) => name === ours[their.from] && rows === their.rows)
      const base = { peer: their.title, tickets: their.rows.toLocaleString('en') }
      const failed = [own, their].find((one) => one === undefined || one.status !== 'right' || one.runs.length === 0)
      if (!own || failed)
        return {
          ...base,
          'ours to it': `${failed?.name ?? ours[their.from]}: ${failed?.status ?? 'did not run'} ${failed?.reason ?? ''}`.trim(),
          turns: 0,
        }
      const found = ratios(own, their)
      return { ...base, 'ours to it': `${quartiles(spread(found))} ×`, turns: found.length }
    })
}

/** Returns the lines below the table: machine, date, commit, and the versions of all that ran. */
export function versusNotes({ circumstances, outcomes }: PeersResult): string[] {
  const versions = Object.entries<string>(Object.assign({}, ...outcomes.map((one) => one.versions))).map(([name, version]) => `${name} ${version}`)
  return [
    'Above 1 × ours is faster: the median over the turns, with the 25th and 75th percentile.',
    `Measured ${inWords(circumstances)}.`,
    `Versions: ${versions.join(', ')}.`,
  ]
}
