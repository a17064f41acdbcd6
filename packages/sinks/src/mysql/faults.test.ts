import { inspect } from 'node:util'
import { Batch, type Sink, type Staged } from '@tickets/core'
import { mysqlSink } from '@tickets/sinks/mysql'
import mysql from 'mysql2/promise'
import { afterAll, describe, expect, test } from 'vitest'
import { hasMariadb } from '../../../../test/mariadb/debian.ts'
import { localDatabase } from '../../../../test/mariadb/local.ts'
import type { Database } from '../../../../test/mariadb/mariadb.ts'
import { Every, plain, range } from '../../test/helpers.ts'
import { newTable, ownDatabase } from '../../test/mysql-helpers.ts'
import { type Command, type Fate, mysqlProxy } from '../../test/mysql-proxy.ts'

const database = await ownDatabase('the MySQL sink under faults')
const url = database?.url ?? ''
const query = (sql: string) => database?.query(sql) ?? Promise.reject(new Error('no database'))
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

const all = [0, 1, 2, 3, 4, 5]
const written = async (table: string, from = query) => (await from(`SELECT small FROM \`${table}\` ORDER BY small`)).map(({ small }) => small)
const left = async (table: string, from = query) => from(`SELECT n FROM _tickets_staged WHERE table_name = '${table}'`)

describe.skipIf(!database)('a connection that breaks', () => {
  let fate: (command: Command) => Fate = () => 'pass'
  let said: string[] = []
  const proxied = mysqlProxy(url || 'mysql://127.0.0.1:1/x', (command) => {
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
      await live(mysqlSink<Every>({ url: through, table }), recorded, 'a')
      fate = () => 'pass'
      return { table, commands: said }
    }
    const { commands } = await trace(() => 'pass')
    expect(commands.filter((what) => what === 'COMMIT').length).toBeGreaterThan(7)
    expect(commands.filter((what) => /^UPDATE `?_tickets_guard`?/.test(what)).length).toBeGreaterThan(0)
    // All of them take a minute: CRASH=all; else those that decide, and some of the others.
    const decides = (what = '') => /^(COMMIT|UPDATE `?_tickets_guard`?|INSERT INTO `?_tickets_staged`?)/.test(what)
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
        expect(await written(table), where).toEqual(all)
        expect(await left(table), where).toEqual([])
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
        if (/^UPDATE `?_tickets_guard`?/.test(what)) guards += 1
        return what === 'COMMIT' && guards > 0 && commits++ < 2 ? how : 'pass'
      }
      await live(mysqlSink<Every>({ url: (await proxied).url, table }), [], 'a')
      fate = () => 'pass'
      expect(commits, how).toBeGreaterThan(2)
      expect(await written(table), how).toEqual(all)
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
        await live(mysqlSink<Every>({ url: through, table, retryFor: 1 }), recorded, 'a', die).catch(() => {})
        fate = () => 'pass'
        await live(mysqlSink<Every>({ url, table }), recorded, 'b')
        expect(await written(table), `${how} ${step}`).toEqual(all)
        expect(await left(table)).toEqual([])
      }
    }
  })

  test('is retryable where it lasts, and says what to do', async () => {
    const sink = mysqlSink<Every>({ url: (await proxied).url, table: newTable(), retryFor: 300 })
    await sink.begin?.(log)
    const writer = await sink.open(task, Every)
    fate = () => 'before'
    await writer.write(Batch.of(Every, [row(1)]))
    await expect(writer.stage(0, 'a', range(0, 1))).rejects.toMatchObject({
      code: 'SINK_FAILED',
      retryable: true,
      message: expect.stringMatching(/flow "all": staging rows for mysql:.* failed: the server does not answer/),
    })
    fate = () => 'pass'
    await writer.close()
  })
})

describe.skipIf(!database)('a server that interferes', () => {
  test('KILL from its side, again and again: each row once', async () => {
    const table = newTable('killed')
    let killed = 0
    let running = true
    const killer = (async () => {
      const mine = "db = DATABASE() AND id <> CONNECTION_ID() AND command <> 'Daemon'"
      while (running && killed < 12) {
        for (const { id } of await query(`SELECT id FROM information_schema.processlist WHERE ${mine}`)) {
          if (Math.random() < 0.5) continue
          const wasThere = await query(`KILL ${Number(id)}`).then(
            () => true,
            () => false,
          )
          if (wasThere) killed += 1
        }
        await wait(3)
      }
    })()
    const recorded: Recorded[] = []
    for (let life = 0; recorded.length < 3 || life === 0; life++) await live(mysqlSink<Every>({ url, table }), recorded, `a${life}`)
    running = false
    await killer
    await live(mysqlSink<Every>({ url, table }), recorded, 'last')
    expect(killed).toBeGreaterThan(0)
    expect(await written(table)).toEqual(all)
  }, 120_000)

  test('a deadlock or a lock that is held is waited for', async () => {
    const table = newTable('locked')
    const sink = mysqlSink<Every>({ url, table, key: 'small' })
    await sink.begin?.(log)
    const writers = await Promise.all([0, 1, 2, 3].map((i) => sink.open({ ...task, task: `tickets-${i}` }, Every)))
    const locker = await mysql.createConnection(url)
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
            await locker.query(`SELECT * FROM \`${table}\` WHERE small < 10 FOR UPDATE`)
            setTimeout(() => void locker.query('ROLLBACK'), 300)
          }
          await writer.publish(staged)
        }
      }),
    )
    for (const writer of writers) await writer.close()
    await locker.end()
    expect(await query(`SELECT COUNT(*) AS n, MIN(whole) AS least FROM \`${table}\``)).toEqual([{ n: 41, least: 4 }])
  })
})

// Whatever the other tests use: this one has to be able to kill its server.
describe.skipIf(process.env.CI !== 'true' && !(await hasMariadb()))('a server that dies', () => {
  let own: Database | undefined
  afterAll(() => own?.stop())

  test('and starts again during each step: each row once, without an error', async () => {
    own = await localDatabase()
    const server = own
    const from = async (sql: string) => {
      const connection = await mysql.createConnection(server.url)
      const [rows] = await connection.query(sql)
      await connection.end()
      return rows as Record<string, unknown>[]
    }
    for (const step of ['stage', 'record', 'publish', 'sweep']) {
      const table = newTable('restart')
      let times = 0
      await live(mysqlSink<Every>({ url: server.url, table }), [], 'a', async (now) => {
        if (now !== step || times++ !== 1) return
        // It dies while the sink is at it, or right before, and is there again a moment later.
        setTimeout(() => void server.kill().then(() => server.restart()), times * 2)
        await wait(4)
      })
      expect(await written(table, from), step).toEqual(all)
      expect(await left(table, from), step).toEqual([])
    }
  }, 120_000)
})

describe.skipIf(!database)('secrets', () => {
  const secret = 's3cr3t-%C3%A9-pass'
  const showing = (error: unknown) => inspect(error, { depth: 20, showHidden: true }) + String((error as Error)?.stack)

  test('a password is in no error, target or picture of a sink', async () => {
    const { hostname, port, pathname } = new URL(url)
    const bad = [
      `mysql://app:${secret}@${hostname}:${port}${pathname}`,
      `mysql://app:${secret}@127.0.0.1:1${pathname}`,
      `mysql://app:${secret}@no-such-host.invalid${pathname}`,
    ]
    for (const address of bad) {
      const sink = mysqlSink({ url: address, table: 't', retryFor: 10 })
      const error = await sink.prepare?.({ id: 'log1' }).then(
        () => null,
        (thrown: unknown) => thrown,
      )
      expect(error).toMatchObject({ code: 'TARGET_UNUSABLE' })
      expect(showing(error) + showing(sink) + sink.target).not.toMatch(/s3cr3t/)
    }
    for (const address of [
      `postgres://app:${secret}@x/y`,
      `app:${secret}@x`,
      `mysql://app:${secret}@x`,
      `mysql://app:${secret}%@x/y`,
      `mysql://a:${secret}@x/y?z=1`,
    ]) {
      try {
        mysqlSink({ url: address, table: 't' })
        expect.unreachable()
      } catch (error) {
        expect(error).toMatchObject({ code: 'OPTION_INVALID' })
        expect(showing(error)).not.toMatch(/s3cr3t/)
      }
    }
  })

  test('a login that is refused is not retryable, and says so', async () => {
    const { host, pathname } = new URL(url)
    const error = await mysqlSink({ url: `mysql://nobody-here:x@${host}${pathname}`, table: 't' })
      .prepare?.({ id: 'l' })
      .catch((e: unknown) => e)
    expect(error).toMatchObject({ code: 'TARGET_UNUSABLE', retryable: false, message: expect.stringMatching(/correct user and password/) })
    const missing = await mysqlSink({ url, database: 'no_such_database', table: 't' })
      .prepare?.({ id: 'l' })
      .catch((e: unknown) => e)
    expect(missing).toMatchObject({ code: 'TARGET_UNUSABLE', retryable: false, message: expect.stringMatching(/create the database first/) })
  })
})
