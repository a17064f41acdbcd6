import { TicketsError } from '@tickets/core'
import { describe, expect, test } from 'vitest'
import { ownDatabase } from '../../../test/mysql-helpers.ts'
import { Database, type Doing } from '../connection/database.ts'
import { settingsOf } from '../connection/settings.ts'
import { ifThere, makeBookkeeping } from './bookkeeping.ts'

const own = await ownDatabase('the bookkeeping of the MySQL sink')
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

describe('ifThere', () => {
  const failing = (error: unknown) => ifThere(Promise.reject(error), 'absent')

  test('takes a table that was never made for no rows, and nothing else', async () => {
    expect(await ifThere(Promise.resolve('found'), 'absent')).toBe('found')
    expect(await failing(Object.assign(new Error('no such table'), { errno: 1146 }))).toBe('absent')
    for (const error of [
      Object.assign(new Error('denied'), { errno: 1142 }),
      Object.assign(new Error('cut'), { code: 'ECONNRESET', errno: -104 }),
      new TicketsError('TARGET_OWNED', 'of another', { cause: { errno: 1146 } }),
    ])
      await expect(failing(error)).rejects.toBe(error)
  })
})
