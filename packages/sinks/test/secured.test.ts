import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Certificate } from '../../../test/broker/certificates.ts'
import { hasMariadb } from '../../../test/mariadb/installation.ts'
import { hasPostgres } from '../../../test/postgres/installation.ts'
import { passwords, type SecuredDatabase } from './secured/server.ts'
import { type Access, access, securedKinds, writing } from './secured/world.ts'

const isThere = { mysql: await hasMariadb(), postgres: await hasPostgres() }
const wrong = 'canary-wrong-9a55'

/** Returns the error that `work` rejects with, as far as users go by it. */
const failureOf = (work: Promise<unknown>): Promise<Error & { code?: string; retryable?: boolean }> =>
  work.then(
    () => new Error('it did not fail'),
    (error: Error) => error,
  )

const about = ({ code, retryable, message }: Awaited<ReturnType<typeof failureOf>>) => ({ code, retryable, message })

describe.each(securedKinds)('$kind: a server with TLS, and the rights of deploy/sql', (secured) => {
  const { kind } = secured
  const isLeftOut = process.env.CI !== 'true' && !isThere[kind]
  if (isLeftOut) console.warn(`Left out: the tests of a secured ${kind}. None can be had here.`)
  let server: SecuredDatabase
  beforeAll(async () => {
    if (!isLeftOut) server = await secured.start()
  }, 240_000)
  afterAll(() => server?.stop())

  /** A log that has written rows with the rights of a writer, to tables that the user for the set-up has made. */
  async function begun(key?: 'small') {
    const world = await writing(secured, server, key)
    world.send(15)
    await world.run(access(server, 'tickets_setup'))
    await server.grant()
    world.send(25)
    await world.run(access(server))
    await world.expectWhole()
    return world
  }

  it.skipIf(isLeftOut)('takes each row once, run after run, with and without a key', async () => {
    for (const key of [undefined, 'small'] as const) {
      const world = await begun(key)
      world.send(20)
      expect(await world.run(access(server))).toMatchObject({ how: 'done', rows: 20 })
      await world.expectWhole()
    }
  })

  it.skipIf(isLeftOut)('takes each row once when it dies and starts again under a run', async () => {
    const world = await begun()
    world.send(600)
    const running = world.run(access(server))
    let isRunning = true
    const ended = running.finally(() => {
      isRunning = false
    })
    ended.catch(() => {})
    let restarts = 0
    for (let seen = 40; isRunning && restarts < 4; ) {
      const { length } = await world.written()
      if (length > seen + 100) {
        await server.kill()
        await server.restart()
        restarts += 1
        seen = length
      }
    }
    expect(await running).toMatchObject({ how: 'done', rows: 600 })
    expect(restarts).toBeGreaterThan(1)
    await world.expectWhole()
  })

  it.skipIf(isLeftOut)('refuses each wrong way in with an error of its own, at once, and nothing is lost', async () => {
    const world = await begun()
    world.send(10)
    const before = await world.written()
    const bare = await secured.plain()
    const without = Object.assign(new URL(server.url('tickets_writer')), { port: new URL(bare.url).port }).href
    const [valid, expired, elsewhere] = [
      { san: 'IP:127.0.0.1' },
      { san: 'IP:127.0.0.1', expired: true },
      { san: 'DNS:other.test,DNS:localhost' },
    ].map((options) => server.own.sign('server', options))
    const mine = access(server)
    const cases: readonly [fault: string, way: Access, message: RegExp, shown?: Certificate | undefined][] = [
      ['a wrong password', { ...mine, url: server.url('tickets_writer', { password: wrong }) }, /correct user and password in `url`/],
      ['a CA that is not trusted', { ...mine, ssl: { ca: server.other.cert } }, /not signed by a CA that this process trusts: set `ssl: \{ ca \}`/],
      ['only the CAs of Node', { ...mine, ssl: true }, /not signed by a CA that this process trusts/],
      [
        'no TLS',
        { url: mine.url },
        kind === 'mysql' ? /a user that may connect with TLS only needs `ssl`/ : /takes no such login without TLS: set `ssl`/,
      ],
      ['a name that the certificate has not', { ...mine, url: server.url('tickets_writer', { host: 'localhost' }) }, /not for the host of `url`/],
      ['an address that the certificate has not', mine, /not for the host of `url`.*subjectAltName/, elsewhere],
      ['a certificate that has expired', mine, /certificate of the server.* has expired or is not valid yet: renew it/, expired],
      ['a server without TLS', { ...mine, url: without }, /takes no TLS, and neither user nor password were sent/],
    ]
    const errors: Error[] = []
    for (const [fault, way, message, shown] of cases) {
      if (shown) await server.show(shown)
      const began = performance.now()
      const error = await failureOf(world.run(way))
      errors.push(error)
      expect.soft({ fault, ...about(error) }).toEqual({ fault, code: 'TARGET_UNUSABLE', retryable: false, message: expect.stringMatching(message) })
      expect.soft([fault, performance.now() - began < 3000]).toEqual([fault, true])
      if (shown && valid) await server.show(valid)
    }
    await bare.stop()
    expect(await world.written()).toEqual(before)
    expect(await world.run(access(server))).toMatchObject({ how: 'done', rows: 10 })
    await world.expectWhole()
    await world.expectNoSecrets([...Object.values(passwords), wrong, 'PRIVATE KEY'], errors)
  })

  it.skipIf(isLeftOut)('needs each right that the file grants, says which is missing, and loses nothing', async () => {
    const world = await begun('small')
    const rowsTable = String(
      (
        await server.query(
          "SELECT DISTINCT rows_in FROM _tickets_staged UNION SELECT table_name FROM information_schema.tables WHERE table_name LIKE '\\_tickets\\_rows\\_%'",
        )
      )[0]?.rows_in,
    )
    const writer = kind === 'mysql' ? "tickets_writer@'%'" : 'tickets_writer'
    for (const [name, all] of Object.entries(secured.rights)) {
      const table = name === '_tickets_rows' ? rowsTable : name
      for (const right of all) {
        world.send(10)
        await server.query(`REVOKE ${right} ON ${table} FROM ${writer}`)
        const error = await failureOf(world.run(access(server)))
        const what = `${right} on ${name}`
        // A table on which a user has no right at all looks to MariaDB's users as if it were not there.
        const isHidden = kind === 'mysql' && all.length === 1
        expect.soft({ what, ...about(error) }).toEqual({
          what,
          code: isHidden ? 'TARGET_LOST' : expect.stringMatching(/^(TARGET_UNUSABLE|SINK_FAILED)$/),
          retryable: false,
          message: expect.stringMatching(
            isHidden ? new RegExp(`${table}.*or this user lost its rights`) : new RegExp(`this user lacks .*right.*${table}`),
          ),
        })
        await server.grant()
        await world.run(access(server))
        await world.expectWhole()
      }
    }
  })

  it.skipIf(isLeftOut)('needs CREATE for a table that is not there, and the first run loses nothing without it', async () => {
    const world = await writing(secured, server)
    world.send(15)
    const error = about(await failureOf(world.run(access(server))))
    expect(error).toEqual({ code: 'TARGET_UNUSABLE', retryable: false, message: expect.stringMatching(/CREATE/) })
    expect(await server.query("SELECT 1 FROM information_schema.tables WHERE table_schema = 'support'")).toEqual([])
    await world.run(access(server, 'tickets_setup'))
    await world.expectWhole()
  })

  it.skipIf(isLeftOut || kind !== 'mysql')('finds what a trigger refuses before it is recorded, though this user may make none', async () => {
    const world = await begun()
    await server.query(`CREATE TRIGGER refusing BEFORE INSERT ON tickets FOR EACH ROW IF NEW.small = 45 THEN SIGNAL SQLSTATE '45000'; END IF`)
    world.send(10)
    const error = await failureOf(world.run(access(server)))
    expect(about(error)).toMatchObject({ code: 'SINK_FAILED', message: expect.stringMatching(/a trigger.* refuse a row/) })
    expect(await server.query('SELECT n FROM _tickets_staged')).toEqual([])
    await server.query('DROP TRIGGER refusing')
    await world.run(access(server))
    await world.expectWhole()
  })
})
