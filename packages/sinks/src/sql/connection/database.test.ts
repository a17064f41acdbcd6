import { TicketsError } from '@tickets/core'
import { describe, expect, test, vi } from 'vitest'
import { newTable, ownDatabase } from '../../../test/mysql-helpers.ts'
import { settingsOf } from '../../mysql/settings.ts'
import { Database, type Doing } from './database.ts'

const own = await ownDatabase('the connections of the MySQL sink')
const url = own?.url ?? ''
const doing: Doing = { what: 'testing', retryFor: 60_000 }
const databaseOf = (more: object = {}) => new Database(settingsOf({ url, connectionLimit: 1, ...more }))
const deadlock = () => Object.assign(new Error('Deadlock found'), { errno: 1213 })
/** How many connections to this database there are, beside those of the tests. */
const connections = async () => {
  const all = (await own?.query(`SELECT id FROM information_schema.processlist WHERE db = '${own.name}'`)) ?? []
  return all.length
}
/** The same once the server has forgotten those that were closed, which takes it a moment. */
const openConnections = () => vi.waitUntil(isSteady, { timeout: 60_000, interval: 50 }).then(connections)
async function isSteady(): Promise<boolean> {
  const seen = await connections()
  await new Promise((done) => setTimeout(done, 300))
  return (await connections()) === seen
}
const closes = (to: number) => vi.waitUntil(async () => (await connections()) === to, { timeout: 60_000, interval: 50 })

async function numbers(): Promise<{ table: string; read: () => Promise<number[]> }> {
  const table = newTable('numbers')
  await own?.query(`CREATE TABLE ${table} (n INT) ENGINE = InnoDB`)
  return { table, read: async () => ((await own?.query(`SELECT n FROM ${table} ORDER BY n`)) ?? []).map(({ n }) => Number(n)) }
}

describe.skipIf(!own)('a transaction', () => {
  test('is committed as a whole, or leaves nothing', async () => {
    const { table, read } = await numbers()
    const database = databaseOf()
    const add = (n: number, fails = false) =>
      database.transaction(doing, async (connection) => {
        await connection.execute(`INSERT INTO ${table} VALUES (?)`, [n])
        if (fails) throw new TicketsError('STAGED_LOST', 'it is gone')
        return n
      })
    await database.visit(async () => {
      expect(await add(1)).toBe(1)
      await expect(add(2, true)).rejects.toMatchObject({ code: 'STAGED_LOST', message: 'it is gone' })
      expect(await add(3)).toBe(3)
    })
    expect(await read()).toEqual([1, 3])
  })

  test('is repeated as a whole after a fault that passes, so that its rows are there once', async () => {
    const { table, read } = await numbers()
    const database = databaseOf()
    let tries = 0
    await database.visit(() =>
      database.transaction(doing, async (connection) => {
        await connection.execute(`INSERT INTO ${table} VALUES (?)`, [7])
        if (++tries < 3) throw deadlock()
      }),
    )
    expect([tries, await read()]).toEqual([3, [7]])
  })

  test('during which the server ends the connection is repeated over another one', async () => {
    const { table, read } = await numbers()
    const database = databaseOf()
    const used: unknown[] = []
    await database.visit(() =>
      database.transaction(doing, async (connection) => {
        const [row] = (await connection.query('SELECT CONNECTION_ID() AS id')).rows
        used.push(row?.id)
        await connection.execute(`INSERT INTO ${table} VALUES (?)`, [used.length])
        if (used.length === 1) await own?.query(`KILL ${Number(row?.id)}`)
      }),
    )
    expect(new Set(used).size).toBe(2)
    expect(await read()).toEqual([2])
  })
})

describe.skipIf(!own)('what fails', () => {
  const failing = (error: unknown, more: Partial<Doing> = {}, options: object = {}) => {
    let tries = 0
    const database = databaseOf(options)
    const run = database.visit(() =>
      database.run({ ...doing, ...more }, async () => {
        tries++
        throw error
      }),
    )
    return { run, tries: () => tries }
  }

  test.each([
    ['a refused login', Object.assign(new Error('denied'), { errno: 1045 }), 'SINK_FAILED'],
    ['a lost task', new TicketsError('TASK_LOST', 'another has it', { retryable: true }), 'TASK_LOST'],
  ])('is not tried again where that does not help: %s', async (_, error, code) => {
    const { run, tries } = failing(error)
    await expect(run).rejects.toMatchObject({ code })
    expect(tries()).toBe(1)
  })

  test('is tried again for retryFor, and then thrown with what was done and the given code', async () => {
    const { run, tries } = failing(deadlock(), { retryFor: 400, code: 'TARGET_UNUSABLE' })
    await expect(run).rejects.toMatchObject({ code: 'TARGET_UNUSABLE', retryable: true, message: expect.stringContaining('testing failed') })
    expect(tries()).toBeGreaterThan(1)
    const once = failing(deadlock(), { retryFor: 1 })
    await expect(once.run).rejects.toMatchObject({ code: 'SINK_FAILED' })
    expect(once.tries()).toBe(1)
  })

  test('is not tried again for a writer that was closed meanwhile', async () => {
    const { run, tries } = failing(deadlock(), { closed: () => true })
    await expect(run).rejects.toMatchObject({ code: 'SINK_FAILED', retryable: true })
    expect(tries()).toBe(1)
  })

  test('gives its connection back: the only one serves the next', async () => {
    const database = databaseOf()
    await database.visit(async () => {
      for (const error of [Object.assign(new Error('no column'), { errno: 1054 }), new Error('a connection that broke')])
        await expect(database.run({ ...doing, retryFor: 1 }, () => Promise.reject(error))).rejects.toMatchObject({ code: 'SINK_FAILED' })
      expect((await database.run(doing, (connection) => connection.query('SELECT 5 AS n'))).rows).toEqual([{ n: 5 }])
    })
  })
})

describe.skipIf(!own)('connections', () => {
  test('are shared by all users, and closed with the last', async () => {
    const database = databaseOf({ connectionLimit: 2 })
    const before = await openConnections()
    const ask = () => database.run(doing, (connection) => connection.query('SELECT 1'))
    database.enter()
    database.enter()
    await Promise.all([ask(), ask(), ask()])
    expect((await connections()) - before).toBeGreaterThan(0)
    await database.leave()
    await ask()
    await database.leave()
    await expect(ask()).rejects.toMatchObject({ code: 'TASK_LOST', retryable: true, message: expect.stringContaining('was closed') })
    await closes(before)
    // A later user opens them again.
    expect((await database.visit(ask)).rows).toHaveLength(1)
  })

  test('are closed after a visit that throws', async () => {
    const database = databaseOf()
    const before = await openConnections()
    const visit = database.visit(async () => {
      await database.run(doing, (connection) => connection.query('SELECT 1'))
      throw new Error('no')
    })
    await expect(visit).rejects.toThrow('no')
    await closes(before)
  })
})
