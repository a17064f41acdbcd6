import { Batch } from '@tickets/core'
import { mysqlSink } from '@tickets/sinks/mysql'
import { describe, expect, test } from 'vitest'
import { Every, plain, range } from '../../../test/helpers.ts'
import { newTable, ownDatabase } from '../../../test/mysql-helpers.ts'
import { settingsOf } from '../../mysql/settings.ts'
import { Database, type Doing } from '../connection/database.ts'
import { ifThere, makeBookkeeping } from './bookkeeping.ts'

const own = await ownDatabase('the bookkeeping of the MySQL sink')
const url = own?.url ?? ''
const log = { id: 'log1', takesOver: false, remove: [] }
const doing: Doing = { what: 'testing', retryFor: 10_000 }

describe.skipIf(!own)('makeBookkeeping', () => {
  const database = new Database(settingsOf({ url: own?.url ?? 'mysql://x/y' }))

  test('may run again and at once in several processes, and keeps what is there', async () => {
    await database.visit(async () => {
      await Promise.all([1, 2, 3].map(() => database.run(doing, makeBookkeeping)))
      await own?.query("INSERT INTO _tickets_guard VALUES ('log', 'all', 't-0', 'x', 7)")
      await database.run(doing, makeBookkeeping)
    })
    expect(await own?.query('SELECT n FROM _tickets_guard')).toEqual([{ n: 7 }])
  })

  test('lets one log have a number of a table and one attempt a range, distinguished by case, accents and trailing spaces', async () => {
    const owner = (table: string, n: number, log: string) => own?.query(`INSERT INTO _tickets_owner VALUES ('${table}', ${n}, '${log}')`)
    await owner('t', 0, 'log')
    await expect(owner('t', 0, 'other')).rejects.toMatchObject({ errno: 1062 })
    await expect(owner('t', 1, 'log')).rejects.toMatchObject({ errno: 1062 })
    for (const table of ['T', 'tá', 'ta', 't ']) await owner(table, 0, 'log')
    const staged = (task: string, attempt: string) =>
      own?.query(
        `INSERT INTO _tickets_staged (log_id, flow, task, table_name, n, attempt, rows_in, row_count) VALUES ('log', 'all', '${task}', 't', 1, '${attempt}', 'r', 1)`,
      )
    await staged('t-0', 'a')
    await expect(staged('t-0', 'a')).rejects.toMatchObject({ errno: 1062 })
    for (const [task, attempt] of [
      ['t-0', 'b'],
      ['T-0', 'a'],
      ['t-1', 'a'],
    ] as const)
      await staged(task, attempt)
  })
})

describe.skipIf(!own)('ifThere', () => {
  test('takes a table that was never made for no rows, and nothing else', async () => {
    const database = new Database(settingsOf({ url: own?.url ?? 'mysql://x/y' }))
    await own?.query('CREATE TABLE there (n INT)')
    const read = (table: string, sql: string) =>
      database.visit(() => database.run(doing, (connection) => ifThere(connection, table, () => connection.query(sql), null)))
    expect(await read('there', 'SELECT * FROM there')).toMatchObject({ rows: [] })
    expect(await read('nowhere', 'SELECT * FROM nowhere')).toBeNull()
    await expect(read('there', 'SELECT nothing FROM there')).rejects.toMatchObject({ code: 'SINK_FAILED' })
  })
})

describe.skipIf(!own)('what a log must have reached', () => {
  test('follows from guards and from what is staged', async () => {
    const sink = mysqlSink<Every>({ url, table: newTable() })
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
