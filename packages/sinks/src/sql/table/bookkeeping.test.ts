import { Batch } from '@tickets/core'
import { expect, test } from 'vitest'
import { describeEach, ownDatabases } from '../../../test/databases.ts'
import { Every, plain, range } from '../../../test/helpers.ts'
import { newTable } from '../../../test/mysql-helpers.ts'
import type { Doing } from '../connection/database.ts'
import { ifThere, makeBookkeeping } from './bookkeeping.ts'

const databases = await ownDatabases('the bookkeeping of tables')
const log = { id: 'log1', takesOver: false, remove: [] }
const doing: Doing = { what: 'testing', retryFor: 10_000 }

describeEach(databases, 'makeBookkeeping', (database) => {
  const connections = database.connections()
  const isDuplicate = database.kind === 'mysql' ? { errno: 1062 } : { code: '23505' }

  test('may run again and at once in several processes, and keeps what is there', async () => {
    await connections.visit(async () => {
      await Promise.all([1, 2, 3].map(() => connections.run(doing, makeBookkeeping)))
      await database.query("INSERT INTO _tickets_guard VALUES ('log', 'all', 't-0', 'x', 7)")
      await connections.run(doing, makeBookkeeping)
    })
    expect(await database.query('SELECT n FROM _tickets_guard')).toEqual([{ n: 7 }])
  })

  test('lets one log have a number of a table and one attempt a range, distinguished by case, accents and trailing spaces', async () => {
    const owner = (table: string, n: number, log: string) => database.query(`INSERT INTO _tickets_owner VALUES ('${table}', ${n}, '${log}')`)
    await owner('t', 0, 'log')
    await expect(owner('t', 0, 'other')).rejects.toMatchObject(isDuplicate)
    await expect(owner('t', 1, 'log')).rejects.toMatchObject(isDuplicate)
    for (const table of ['T', 'tá', 'ta', 't ']) await owner(table, 0, 'log')
    const staged = (task: string, attempt: string) =>
      database.query(
        `INSERT INTO _tickets_staged (log_id, flow, task, table_name, n, attempt, rows_in, row_count) VALUES ('log', 'all', '${task}', 't', 1, '${attempt}', 'r', 1)`,
      )
    await staged('t-0', 'a')
    await expect(staged('t-0', 'a')).rejects.toMatchObject(isDuplicate)
    for (const [task, attempt] of [
      ['t-0', 'b'],
      ['T-0', 'a'],
      ['t-1', 'a'],
    ] as const)
      await staged(task, attempt)
  })
})

describeEach(databases, 'ifThere', (database) => {
  test('takes a table that was never made for no rows, and nothing else', async () => {
    const connections = database.connections()
    await database.query('CREATE TABLE there (n INT)')
    const read = (table: string, sql: string) =>
      connections.visit(() => connections.run(doing, (connection) => ifThere(connection, table, () => connection.query(sql), null)))
    expect(await read('there', 'SELECT * FROM there')).toMatchObject({ rows: [] })
    expect(await read('nowhere', 'SELECT * FROM nowhere')).toBeNull()
    await expect(read('there', 'SELECT nothing FROM there')).rejects.toMatchObject({ code: 'SINK_FAILED' })
  })
})

describeEach(databases, 'what a log must have reached', (database) => {
  test('follows from guards and from what is staged', async () => {
    const sink = database.sink<Every>({ table: newTable() })
    const reached = () => sink.reached?.({ id: 'log1', flow: 'all', tasks: ['t-0'] })
    expect(await reached()).toEqual({})
    await sink.begin?.(log)
    const writer = await sink.open({ logId: 'log1', task: 't-0', flow: 'all' }, Every)
    for (const n of [0, 1, 5]) {
      await writer.write(Batch.of(Every, [plain]))
      const staged = await writer.stage(n, 'a', range(n, n + 1))
      if (n < 5) await writer.publish(staged ?? {})
      expect(await reached()).toEqual({ 't-0': n < 5 ? n : 4 })
    }
    await writer.close()
  })
})
