import { Batch, type Sink, type Staged } from '@tickets/core'
import { mysqlSink } from '@tickets/sinks/mysql'
import { postgresSink } from '@tickets/sinks/postgres'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { hasMariadb } from '../../../../test/mariadb/installation.ts'
import { mariadb } from '../../../../test/mariadb/mariadb.ts'
import { hasPostgres } from '../../../../test/postgres/installation.ts'
import { postgres } from '../../../../test/postgres/postgres.ts'
import type { Database } from '../../../../test/servers/database.ts'
import { type Command, databaseProxy, type Fate } from '../../test/database-proxy.ts'
import { describeEach, ownDatabases } from '../../test/databases.ts'
import { Every, plain, range } from '../../test/helpers.ts'
import { newTable } from '../../test/mysql-helpers.ts'

const databases = await ownDatabases('sinks under faults')
const task = { logId: 'log1', task: 'tickets-0', flow: 'all' }
const log = { id: 'log1', takesOver: false, remove: [] }
const row = (i: number): Every => ({ ...plain, small: i })
const wait = (ms: number) => new Promise((done) => setTimeout(done, ms))

/** What outlives processes: the log. */
interface Recorded {
  readonly n: number
  readonly staged: Staged
}

/** One process: begins, publishes the head again, and commits ranges up to three of them, two rows each. */
async function live(sink: Sink<Every>, recorded: Recorded[], attempt: string, between: (step: string) => Promise<void> = async () => {}) {
  await sink.begin?.(log)
  const writer = await sink.open(task, Every)
  try {
    const head = recorded.at(-1)
    if (head) {
      await writer.publish(head.staged)
      await writer.sweep({ n: head.n, attempt: String(head.staged.attempt) })
    }
    for (let n = recorded.length; n < 3; n++) {
      await writer.write(Batch.of(Every, [row(2 * n), row(2 * n + 1)]))
      await between('stage')
      const staged = JSON.parse(JSON.stringify(await writer.stage(n, attempt, range(n, n + 1)))) as Staged
      await between('record')
      recorded.push({ n, staged })
      await between('publish')
      await writer.publish(staged)
      await between('sweep')
      await writer.sweep({ n, attempt })
    }
  } finally {
    await writer.close()
  }
}

/** A client of its own for each kind of server. */
const clients = {
  mysql: async (url: string) => {
    const client = await mysql.createConnection(url)
    const query: Query = async (sql) => (await client.query(sql))[0] as Record<string, unknown>[]
    return { query, end: () => client.end() }
  },
  postgres: async (url: string) => {
    const client = new pg.Client(url)
    await client.connect()
    const query: Query = async (sql) => (await client.query(sql)).rows
    return { query, end: () => client.end() }
  },
}

const all = [0, 1, 2, 3, 4, 5]
type Query = (sql: string) => Promise<Record<string, unknown>[]>
const written = async (table: string, from: Query) => (await from(`SELECT small FROM ${table} ORDER BY small`)).map(({ small }) => small)
const left = async (table: string, from: Query) => from(`SELECT n FROM _tickets_staged WHERE table_name = '${table}'`)

describeEach(databases, 'a connection that breaks', ({ url, query, sink }) => {
  let fate: (command: Command) => Fate = () => 'pass'
  let said: string[] = []
  const proxied = databaseProxy(url, (command) => {
    said.push(command.what)
    return fate(command)
  })
  afterAll(async () => (await proxied).close())

  test('at each command, before the server hears of it or before its answer comes: each row once, and no error', async () => {
    const through = (await proxied).url
    const trace = async (decide: (number: number, what: string) => Fate) => {
      const table = newTable('cut')
      said = []
      fate = ({ what }) => decide(said.length, what)
      const recorded: Recorded[] = []
      await live(sink<Every>({ url: through, table }), recorded, 'a')
      fate = () => 'pass'
      return { table, commands: said }
    }
    // The first one makes the bookkeeping.
    await trace(() => 'pass')
    const { commands } = await trace(() => 'pass')
    expect(commands.filter((what) => what === 'COMMIT').length).toBeGreaterThan(7)
    expect(commands.filter((what) => /^UPDATE _tickets_guard/.test(what)).length).toBeGreaterThan(0)
    // All of them take a minute: CRASH=all; else those that decide, and some of the others.
    const decides = (what = '') => /^(COMMIT|UPDATE _tickets_guard|INSERT INTO [`"]_tickets_staged)/.test(what)
    const chosen = (cut: number) => process.env.CRASH === 'all' || cut % 16 === 0 || (decides(commands[cut - 1]) && cut > commands.length / 3)
    let cuts = 0
    let planned = 0
    for (const how of ['before', 'after'] as const) {
      for (let cut = 1; cut <= commands.length; cut++) {
        if (!chosen(cut)) continue
        planned += 1
        let done = false
        const { table } = await trace((number) => {
          if (number !== cut || done) return 'pass'
          done = true
          cuts += 1
          return how
        })
        const where = `${how} command ${cut}, ${commands[cut - 1]}`
        expect(await written(table, query), where).toEqual(all)
        expect(await left(table, query), where).toEqual([])
      }
    }
    expect(cuts).toBe(planned)
    expect(cuts).toBeGreaterThan(20)
  }, 240_000)

  test('6.1 a lost answer to COMMIT is distinguished by the guard, and so is a COMMIT that never came', async () => {
    for (const how of ['before', 'after'] as const) {
      const table = newTable('commit')
      let commits = 0
      let guards = 0
      fate = ({ what }) => {
        if (/^UPDATE _tickets_guard/.test(what)) guards += 1
        return what === 'COMMIT' && guards > 0 && commits++ < 2 ? how : 'pass'
      }
      await live(sink<Every>({ url: (await proxied).url, table }), [], 'a')
      fate = () => 'pass'
      expect(commits, how).toBeGreaterThan(2)
      expect(await written(table, query), how).toEqual(all)
    }
  })

  test('a process that dies at any step leaves each row once to the next, whatever it had sent', async () => {
    const through = (await proxied).url
    const died = new Error('the process died')
    for (const how of ['before', 'after'] as const) {
      for (let step = how === 'before' ? 1 : 2; step <= 12; step += 2) {
        const table = newTable('died')
        const recorded: Recorded[] = []
        let steps = 0
        const die = async () => {
          if (++steps === step) throw died
        }
        // Its connections end with it, during what they were sending.
        fate = ({ what }) => (steps === step - 1 && what === 'COMMIT' && how === 'after' ? 'after' : 'pass')
        await live(sink<Every>({ url: through, table, retryFor: 1 }), recorded, 'a', die).catch(() => {})
        fate = () => 'pass'
        await live(sink<Every>({ table }), recorded, 'b')
        expect(await written(table, query), `${how} ${step}`).toEqual(all)
        expect(await left(table, query)).toEqual([])
      }
    }
  })

  test('is retryable where it lasts, and says what to do', async () => {
    const cut = sink<Every>({ url: (await proxied).url, table: newTable(), retryFor: 300 })
    await cut.begin?.(log)
    const writer = await cut.open(task, Every)
    fate = () => 'before'
    await writer.write(Batch.of(Every, [row(1)]))
    await expect(writer.stage(0, 'a', range(0, 1))).rejects.toMatchObject({
      code: 'SINK_FAILED',
      retryable: true,
      message: expect.stringMatching(/flow "all": staging rows for \w+:.* failed: the server does not answer/),
    })
    fate = () => 'pass'
    await writer.close()
  })
})

describeEach(databases, 'a server that interferes', ({ kind, url, query, sink, sessions, terminate }) => {
  test('KILL from its side, again and again: each row once', async () => {
    const table = newTable('killed')
    let killed = 0
    let running = true
    let begun = false
    const killer = (async () => {
      while (running && killed < 12) {
        // A start gives up earlier than this ends.
        while (!begun && running) await wait(3)
        for (const session of await sessions()) {
          if (Math.random() < 0.5) continue
          if (await terminate(session)) killed += 1
        }
        await wait(3)
      }
    })()
    const recorded: Recorded[] = []
    for (let life = 0; recorded.length < 3 || life === 0; life++)
      await live(sink<Every>({ table }), recorded, `a${life}`, async (step) => {
        begun = true
        // A quick server is through all ranges before the killer has looked once.
        while (step === 'record' && killed === 0) await wait(3)
      })
    running = false
    await killer
    await live(sink<Every>({ table }), recorded, 'last')
    expect(killed).toBeGreaterThan(0)
    expect(await written(table, query)).toEqual(all)
  }, 120_000)

  test('a deadlock or a lock that is held is waited for', async () => {
    const table = newTable('locked')
    const keyed = sink<Every>({ table, key: 'small' })
    await keyed.begin?.(log)
    const writers = await Promise.all([0, 1, 2, 3].map((i) => keyed.open({ ...task, task: `tickets-${i}` }, Every)))
    const locker = await clients[kind](url)
    await Promise.all(
      writers.map(async (writer, i) => {
        for (let n = 0; n < 5; n++) {
          // All tasks write the same keys, each in an order of its own.
          const keys = Array.from({ length: 40 }, (_, k) => (k * (i + 3) * 7) % 41)
          await writer.write(
            Batch.of(
              Every,
              keys.map((small) => ({ ...row(small), whole: n })),
            ),
          )
          const staged = (await writer.stage(n, 'a', range(n, n + 1))) as Staged
          if (i === 0 && n === 2) {
            await locker.query('BEGIN')
            await locker.query(`SELECT * FROM ${table} WHERE small = 7 FOR UPDATE`)
            setTimeout(() => void locker.query('ROLLBACK'), 300)
          }
          await writer.publish(staged)
        }
      }),
    )
    for (const writer of writers) await writer.close()
    await locker.end()
    expect(await query(`SELECT COUNT(*) AS n, MIN(whole) AS least FROM ${table}`)).toEqual([{ n: 41, least: 4 }])
  })
})

// Whatever the other tests use: these have to be able to kill their server.
describe.each([
  { kind: 'mysql' as const, server: mariadb, sinkOf: (url: string, table: string) => mysqlSink<Every>({ url, table }), isThere: await hasMariadb() },
  {
    kind: 'postgres' as const,
    server: postgres,
    sinkOf: (url: string, table: string) => postgresSink<Every>({ url, table }),
    isThere: await hasPostgres(),
  },
])('$kind: a server that dies', ({ kind, server: { local }, sinkOf, isThere }) => {
  let own: Database | undefined
  afterAll(() => own?.stop())

  test.skipIf(process.env.CI !== 'true' && !isThere)(
    'and starts again during each step: each row once, without an error',
    async () => {
      own = await local()
      const server = own
      const from: Query = async (sql) => {
        const client = await clients[kind](server.url)
        const rows = await client.query(sql)
        await client.end()
        return rows
      }
      for (const step of ['stage', 'record', 'publish', 'sweep']) {
        const table = newTable('restart')
        let times = 0
        let restarted: Promise<void> | undefined
        await live(sinkOf(server.url, table), [], 'a', async (now) => {
          if (now !== step || times++ !== 1) return
          // It dies while the sink is at it, or right before, and is there again a moment later.
          restarted = wait(times * 2).then(() => server.kill().then(() => server.restart()))
          await wait(4)
        })
        await restarted
        expect(await written(table, from), step).toEqual(all)
        expect(await left(table, from), step).toEqual([])
      }
    },
    120_000,
  )
})
