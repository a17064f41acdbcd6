import { TicketsError } from '@tickets/core'
import { expect, test, vi } from 'vitest'
import { describeEach, ownDatabases, type TestDatabase } from '../../../test/databases.ts'
import { newTable } from '../../../test/mysql-helpers.ts'
import type { Doing } from './database.ts'

const databases = await ownDatabases('the connections of sinks')
const doing: Doing = { what: 'testing', retryFor: 60_000 }
const databaseOf = (own: TestDatabase, more: object = {}) => own.connections({ connectionLimit: 1, ...more })
const deadlock = () => Object.assign(new Error('Deadlock found'), { errno: 1213, code: '40P01' })
/** How many connections to this database there are, beside those of the tests. */
const connections = async (own: TestDatabase) => (await own.sessions()).length
/** The same once the server has forgotten those that were closed, which takes it a moment. */
const openConnections = (own: TestDatabase) => vi.waitUntil(() => isSteady(own), { timeout: 60_000, interval: 50 }).then(() => connections(own))
async function isSteady(own: TestDatabase): Promise<boolean> {
  const seen = await connections(own)
  await new Promise((done) => setTimeout(done, 300))
  return (await connections(own)) === seen
}
const closes = (own: TestDatabase, to: number) => vi.waitUntil(async () => (await connections(own)) === to, { timeout: 60_000, interval: 50 })

async function numbers(own: TestDatabase): Promise<{ table: string; read: () => Promise<number[]> }> {
  const table = newTable('numbers')
  await own.query(`CREATE TABLE ${table} (n INT)`)
  return { table, read: async () => (await own.query(`SELECT n FROM ${table} ORDER BY n`)).map(({ n }) => Number(n)) }
}

describeEach(databases, 'a transaction', (own) => {
  test('is committed as a whole, or leaves nothing', async () => {
    const { table, read } = await numbers(own)
    const database = databaseOf(own)
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
    const { table, read } = await numbers(own)
    const database = databaseOf(own)
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
    const { table, read } = await numbers(own)
    const database = databaseOf(own)
    const used: unknown[] = []
    await database.visit(() =>
      database.transaction(doing, async (connection) => {
        const [row] = (await connection.query(`SELECT ${own.sessionId} AS id`)).rows
        used.push(row?.id)
        await connection.execute(`INSERT INTO ${table} VALUES (?)`, [used.length])
        if (used.length === 1) await own.terminate(Number(row?.id))
      }),
    )
    expect(new Set(used).size).toBe(2)
    expect(await read()).toEqual([2])
  })
})

describeEach(databases, 'what fails', (own) => {
  const failing = (error: unknown, more: Partial<Doing> = {}, options: object = {}) => {
    let tries = 0
    const database = databaseOf(own, options)
    const run = database.visit(() =>
      database.run({ ...doing, ...more }, async () => {
        tries++
        throw error
      }),
    )
    return { run, tries: () => tries }
  }

  test.each([
    ['a refused login', Object.assign(new Error('denied'), { errno: 1045, code: '28P01' }), 'SINK_FAILED'],
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
    const database = databaseOf(own)
    await database.visit(async () => {
      for (const error of [Object.assign(new Error('no column'), { errno: 1054, code: '42703' }), new Error('a connection that broke')])
        await expect(database.run({ ...doing, retryFor: 1 }, () => Promise.reject(error))).rejects.toMatchObject({ code: 'SINK_FAILED' })
      expect((await database.run(doing, (connection) => connection.query('SELECT 5 AS n'))).rows).toEqual([{ n: 5 }])
    })
  })
})

describeEach(databases, 'connections', (own) => {
  test('are shared by all users, and closed with the last', async () => {
    const database = databaseOf(own, { connectionLimit: 2 })
    const before = await openConnections(own)
    const ask = () => database.run(doing, (connection) => connection.query('SELECT 1'))
    database.enter()
    database.enter()
    await Promise.all([ask(), ask(), ask()])
    expect((await connections(own)) - before).toBeGreaterThan(0)
    await database.leave()
    await ask()
    await database.leave()
    await expect(ask()).rejects.toMatchObject({ code: 'TASK_LOST', retryable: true, message: expect.stringContaining('was closed') })
    await closes(own, before)
    // A later user opens them again.
    expect((await database.visit(ask)).rows).toHaveLength(1)
  })

  test('are closed after a visit that throws', async () => {
    const database = databaseOf(own)
    const before = await openConnections(own)
    const visit = database.visit(async () => {
      await database.run(doing, (connection) => connection.query('SELECT 1'))
      throw new Error('no')
    })
    await expect(visit).rejects.toThrow('no')
    await closes(own, before)
  })
})
