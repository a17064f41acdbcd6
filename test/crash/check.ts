import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import type { SentTo } from './config.ts'
import { actual, type Elsewhere, expected, inOtherPlaces, inTopics, tables } from './expected.ts'
import { commitOf, filesOf, namesIn, recordNumbers, recordsOf, tasksOf } from './records.ts'

/** What is wrong with a run's files; all of it 0 when nothing is. */
export interface Verdict {
  readonly lost: number
  readonly duplicated: number
  readonly wrong_windows: number
  readonly left_behind: number
  readonly rows: number
  readonly details: readonly string[]
}

const nowhere: Elsewhere = { lake: null, delta: null, deltaRows: null, iceberg: null, facts: null, nested: null, keyed: null, joined: null }

/** Compares what a run wrote with what DuckDB makes of the same messages, read by another client. */
export class Checker {
  readonly #connection: DuckDBConnection
  readonly #known = new Map<string, string>()
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(connection: DuckDBConnection) {
    this.#connection = connection
  }

  static async open(): Promise<Checker> {
    const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect()
    await connection.run("SET TimeZone = 'UTC'")
    return new Checker(connection)
  }

  /** Takes a topic in, from the file that the other client wrote. */
  learn(topic: string, dump: string): Promise<void> {
    const schema = `topic_${this.#known.size}`
    this.#known.set(topic, schema)
    const learnt = this.#turn.then(async () => {
      await this.#connection.run(`CREATE SCHEMA ${schema}; USE ${schema}`)
      for (const sql of expected(dump)) await this.#connection.run(sql)
    })
    this.#turn = learnt.catch(() => {})
    return learnt
  }

  async #count(sql: string): Promise<number> {
    const rows = (await this.#connection.runAndReadAll(`SELECT count(*)::INTEGER AS n FROM (${sql})`)).getRowObjectsJS()
    return Number(rows[0]?.n)
  }

  /** One at a time: they share the connection. */
  check(home: string, topic: string, sent: SentTo | null = null, elsewhere: Partial<Elsewhere> = {}): Promise<Verdict> {
    const others = { ...(sent ? inTopics(sent) : {}), ...inOtherPlaces({ ...nowhere, ...elsewhere }) }
    const verdict = this.#turn.then(() => this.#check(home, topic, others, sent !== null))
    this.#turn = verdict.catch(() => {})
    return verdict
  }

  async #check(home: string, topic: string, others: ReturnType<typeof inTopics>, sent: boolean): Promise<Verdict> {
    const verdict = { lost: 0, duplicated: 0, wrong_windows: 0, left_behind: 0, rows: 0, details: [] as string[] }
    await this.#connection.run(`USE ${this.#known.get(topic)}`)
    for (const [name, { isWindow, reader, key, columns }] of Object.entries(tables)) {
      if (sent && name === 'dead_letters') continue
      const folder = join(home, 'out', name)
      if (namesIn(folder).every((file) => !file.startsWith('part-'))) {
        const missing = await this.#count(`SELECT * FROM expected_${name}`)
        verdict[isWindow ? 'wrong_windows' : 'lost'] += missing
        if (missing > 0 || !existsSync(folder)) verdict.details.push(`${name}: no files`)
        continue
      }
      await this.#connection.run(`CREATE OR REPLACE TEMP VIEW found AS SELECT ${columns} FROM ${actual(reader, folder, name)}`)
      const found = isWindow
        ? `SELECT * EXCLUDE (revision) FROM found QUALIFY row_number() OVER (PARTITION BY ${key} ORDER BY revision DESC) = 1`
        : 'FROM found'
      const missing = await this.#count(`(FROM expected_${name}) EXCEPT ALL (${found})`)
      const extra = await this.#count(`(${found}) EXCEPT ALL (FROM expected_${name})`)
      const repeated = isWindow ? await this.#count(`SELECT ${key}, revision FROM found GROUP BY ALL HAVING count(*) > 1`) : 0
      if (isWindow) verdict.wrong_windows += Math.max(missing, extra) + repeated
      else {
        verdict.lost += missing
        verdict.duplicated += extra
        verdict.rows += await this.#count('FROM found')
      }
      if (missing + extra + repeated > 0) verdict.details.push(`${name}: ${missing} missing, ${extra} too many, ${repeated} revisions repeated`)
    }
    for (const [name, [expected, found]] of Object.entries(others)) {
      const missing = await this.#count(`(${expected}) EXCEPT ALL (${found})`)
      const extra = await this.#count(`(${found}) EXCEPT ALL (${expected})`)
      verdict.lost += missing
      verdict.duplicated += extra
      verdict.rows += await this.#count(found)
      if (missing + extra > 0) verdict.details.push(`${name}: ${missing} missing, ${extra} too many`)
    }
    const left = leftBehind(home)
    verdict.left_behind = left.length
    verdict.details.push(...left.map((path) => `left behind: ${path}`))
    return verdict
  }
}

/** What rule 3.8 may remove and did not, and published files that no record names. */
function leftBehind(home: string): string[] {
  const left: string[] = []
  const isOld = (name: string, head: { n: number; attempt: string }) => {
    const [, n = '', attempt] = /^(\d+)-([^.]+)/.exec(name) ?? []
    return n !== '' && (Number(n) < head.n || (Number(n) === head.n && attempt !== head.attempt))
  }
  const flows = namesIn(join(home, 'out'))
  for (const task of tasksOf(home)) {
    const numbers = recordNumbers(home, task)
    const head = commitOf(home, task, numbers.at(-1) ?? 0)
    for (const flow of flows) {
      for (const log of namesIn(join(home, 'out', flow, '.staging'))) {
        const folder = join(home, 'out', flow, '.staging', log, flow, task)
        // The head itself is published: nothing of it is staged any more.
        for (const name of namesIn(folder)) if (isOld(name, head) || name === `${head.n}-${head.attempt}`) left.push(join(folder, name))
      }
    }
    for (const sent of namesIn(join(home, 'sent'))) {
      for (const log of namesIn(join(home, 'sent', sent, '.kafka-staging'))) {
        const folder = join(home, 'sent', sent, '.kafka-staging', log, task)
        for (const flow of namesIn(folder)) for (const name of namesIn(join(folder, flow))) if (isOld(name, head)) left.push(join(folder, flow, name))
      }
    }
    const commits = numbers.filter((n) => n >= head.body.state?.base).map((n) => commitOf(home, task, n))
    const named = new Set(commits.flatMap(({ body }) => [body.state?.file, body.state?.bytes]))
    const states = join(recordsOf(home), task, 'state')
    for (const name of namesIn(states)) if (!named.has(name) && isOld(name, head)) left.push(join(states, name))

    const published = new Set(numbers.flatMap((n) => filesOf(commitOf(home, task, n))))
    for (const flow of flows) {
      for (const name of namesIn(join(home, 'out', flow))) {
        const [, of, n] = /^part-[^-]+-(.+)-(\d+)-\d+\.\w+$/.exec(name) ?? []
        if (of === task && Number(n) >= (numbers[0] ?? 0) && !published.has(name)) left.push(`${flow}/${name}, which no record names`)
      }
    }
  }
  return left
}
