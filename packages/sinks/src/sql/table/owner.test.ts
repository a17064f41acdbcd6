import { Batch, type Staged } from '@tickets/core'
import { expect, test } from 'vitest'
import { describeEach, ownDatabases } from '../../../test/databases.ts'
import { range } from '../../../test/helpers.ts'
import { newTable } from '../../../test/mysql-helpers.ts'
import { commit, open, Thing, thing } from '../../../test/things.ts'
import { makeBookkeeping } from './bookkeeping.ts'
import { checkOwner, holdOwnership, takeOwnership } from './owner.ts'

const databases = await ownDatabases('owners of tables')
const log = { id: 'log1', takesOver: false, remove: [] }

describeEach(databases, 'the owner of a table', (database) => {
  const { query } = database
  const connections = database.connections()
  const doing = { what: 'testing', retryFor: 10_000 }
  const within = <R>(work: Parameters<typeof connections.transaction<R>>[1]) => connections.visit(() => connections.transaction(doing, work))
  const take = (table: string, id: string, takesOver = false) => within((connection) => takeOwnership(connection, table, id, 'place', takesOver))

  test('is nobody before any bookkeeping was made, and looking makes none', async () => {
    await within((connection) => checkOwner(connection, 'untouched', 'log1', 'place', false))
    expect(await database.rows('_tickets_owner')).toBeNull()
    await connections.visit(() => connections.run(doing, makeBookkeeping))
  })

  test('is the log that takes it first, as often as it does; taking over is logged once', async () => {
    const table = newTable('taken')
    expect([await take(table, 'a'), await take(table, 'a'), await take(table, 'b', true), await take(table, 'b', true)]).toEqual([
      true,
      false,
      true,
      false,
    ])
    await expect(take(table, 'a', true)).rejects.toMatchObject({
      code: 'TARGET_OWNED',
      message: expect.stringMatching(/was taken over by the log b/),
    })
  })

  test('that is another one by now is not held, nor is one whose bookkeeping was deleted', async () => {
    const table = newTable('held')
    const hold = (id: string) => within((connection) => holdOwnership(connection, table, id, 'place'))
    await expect(hold('a')).rejects.toMatchObject({ code: 'TARGET_OWNED', message: expect.stringContaining('has no owner') })
    await take(table, 'a')
    await hold('a')
    await take(table, 'b', true)
    await expect(hold('a')).rejects.toMatchObject({ code: 'TARGET_OWNED' })
  })

  test('that takes a table over removes guards and staged rows of the older log for this table alone', async () => {
    const [table, other] = [newTable('over'), newTable('over')]
    const rows = '_tickets_rows_00000000000000aa'
    await query(`CREATE TABLE ${rows} (_tickets_range BIGINT, _tickets_row INT)`)
    for (const [id, [name, owner]] of [
      [table, 'a'],
      [other, 'a'],
      [table, 'b'],
    ].entries()) {
      await query(`INSERT INTO _tickets_guard (log_id, flow, task, table_name, n) VALUES ('${owner}', 'all', 't-0', '${name}', 3)`)
      await query(
        `INSERT INTO _tickets_staged (id, log_id, flow, task, table_name, n, attempt, rows_in, row_count) VALUES (${id + 100}, '${owner}', 'all', 't-0', '${name}', 4, 'x', '${rows}', 1)`,
      )
      await query(`INSERT INTO ${rows} VALUES (${id + 100}, 0)`)
    }
    await take(table, 'a')
    await query(`INSERT INTO _tickets_guard (log_id, flow, task, table_name, n) VALUES ('a', 'all', 't-1', '${table}', 3)`)
    await query(
      `INSERT INTO _tickets_staged (id, log_id, flow, task, table_name, n, attempt, rows_in, row_count) VALUES (200, 'a', 'all', 't-1', '${table}', 4, 'x', '${rows}', 1)`,
    )
    await query(`INSERT INTO ${rows} VALUES (200, 0)`)
    await take(table, 'b', true)
    const left = (of: string) => query(`SELECT DISTINCT log_id FROM ${of} WHERE table_name = '${table}'`)
    expect([await left('_tickets_guard'), await left('_tickets_staged')]).toEqual([[], []])
    expect(await query(`SELECT _tickets_range AS r FROM ${rows} ORDER BY r`)).toEqual([{ r: 101 }])
  })

  test('another log is refused, until it overwrites: then the old one never gets it back, and its process publishes nothing more', async () => {
    const table = newTable('owned')
    const sink = () => database.sink<Thing>({ table, key: 'id' })
    await commit(sink(), 0, ['a', 'b'], 'old')
    const zombie = await open(sink(), 'old')
    await zombie.write(Batch.of(Thing, [thing('zombie')]))
    const staged = (await zombie.stage(1, 'a', range(1, 2))) as Staged
    for (const step of [() => sink().prepare?.({ id: 'new' }), () => open(sink(), 'new')])
      await expect(step()).rejects.toMatchObject({ code: 'TARGET_OWNED', message: expect.stringMatching(/belongs to the log old/) })
    const replacing = database.sink<Thing>({ table, key: 'id', mode: 'overwrite' })
    expect(await replacing.prepare?.({ id: 'new' })).toEqual({ takesOver: true, remove: [] })
    expect((await database.rows(table))?.length).toBe(2)
    await commit(replacing, 0, ['c'], 'new', { takesOver: true })
    // Beginning again, as each process does, replaces nothing.
    await commit(replacing, 1, ['d'], 'new', { takesOver: true })
    await expect(zombie.publish(staged)).rejects.toMatchObject({ code: 'TARGET_OWNED' })
    await zombie.close()
    await expect(open(sink(), 'old', { takesOver: true })).rejects.toMatchObject({
      code: 'TARGET_OWNED',
      message: expect.stringMatching(/was taken over/),
    })
    expect((await database.rows(table))?.map((row) => row.id).sort()).toEqual(['c', 'd'])
    expect(await query(`SELECT * FROM _tickets_staged WHERE table_name = '${table}'`)).toEqual([])
  })

  test('of two logs that begin at once one gets it; all processes of that log do', async () => {
    const table = newTable('raced')
    const all = await Promise.allSettled(
      ['x', 'y', 'x', 'y', 'x', 'y'].map((log) => open(database.sink<Thing>({ table }), log).then((w) => w.close().then(() => log))),
    )
    const winners = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    expect(winners.length).toBe(3)
    expect(new Set(winners).size).toBe(1)
    for (const one of all) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'TARGET_OWNED', retryable: false })
  })

  test('a log that wrote elsewhere takes only what is its own', async () => {
    const table = newTable('moved')
    await commit(database.sink<Thing>({ table }), 0, ['a'])
    await (await open(database.sink<Thing>({ table }), 'log1', { moved: true })).close()
    await expect(open(database.sink<Thing>({ table: newTable() }), 'log1', { moved: true })).rejects.toMatchObject({ code: 'PIPELINE_CHANGED' })
  })

  test('that nobody owns any more is an error where the log has published', async () => {
    const sink = database.sink<Thing>({ table: newTable('unowned') })
    await sink.begin?.(log)
    await sink.begin?.({ ...log, published: true })
    await database.query('DELETE FROM _tickets_owner')
    await expect(sink.begin?.({ ...log, published: true })).rejects.toMatchObject({ code: 'TARGET_LOST', retryable: false })
  })
})
