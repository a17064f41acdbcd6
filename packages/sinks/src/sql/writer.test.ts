import { Batch, type Staged } from '@tickets/core'
import { expect, test } from 'vitest'
import { describeEach, ownDatabases } from '../../test/databases.ts'
import { range } from '../../test/helpers.ts'
import { newTable } from '../../test/mysql-helpers.ts'
import { commit, open, Thing, thing } from '../../test/things.ts'

const databases = await ownDatabases('writers of tables')

describeEach(databases, 'a writer', (database) => {
  const { query } = database
  const ids = async (table: string) => (await database.rows(table))?.map(({ id }) => id).sort() ?? null

  test('shows nothing of a range before it is published, and all of it once, however often that is repeated', async () => {
    const table = newTable('written')
    const writer = await open(database.sink<Thing>({ table }))
    await writer.write(Batch.of(Thing, [thing('a'), thing('b')]))
    const staging = writer.stage(0, 'a', range(0, 1))
    // What comes while a range is staged belongs to the next one.
    await writer.write(Batch.of(Thing, [thing('c')]))
    const first = (await staging) as Staged
    const second = (await writer.stage(1, 'a', range(1, 2))) as Staged
    expect(await ids(table)).toBeNull()
    for (let i = 0; i < 3; i++) await writer.publish(first)
    expect(await ids(table)).toEqual(['a', 'b'])
    for (const staged of [second, first, second]) await writer.publish(staged)
    expect(await ids(table)).toEqual(['a', 'b', 'c'])
    expect(await query(`SELECT n FROM _tickets_staged WHERE table_name = '${table}'`)).toEqual([])
    await writer.close()
  })

  test('stages nothing for a range without rows, but the first one gives the table its columns', async () => {
    const table = newTable('empty')
    const writer = await open(database.sink<Thing>({ table }))
    expect(await writer.stage(0, 'a', range(0, 1))).toBeNull()
    await writer.publish((await writer.stage(1, 'a', range(1, 2, true))) as Staged)
    expect(await ids(table)).toEqual([])
    await writer.close()
  })

  test('sweeps lower numbers and other attempts, with their rows', async () => {
    const table = newTable('swept')
    const writer = await open(database.sink<Thing>({ table }))
    for (const [n, attempt] of [
      [0, 'a'],
      [1, 'a'],
      [1, 'b'],
      [2, 'a'],
    ] as const) {
      await writer.write(Batch.of(Thing, [thing(`${n}${attempt}`)]))
      await writer.stage(n, attempt, range(n, n + 1))
    }
    await writer.sweep({ n: 1, attempt: 'b' })
    const left = await query(`SELECT n, attempt, rows_in FROM _tickets_staged WHERE table_name = '${table}' ORDER BY n`)
    expect(left.map(({ n, attempt }) => `${n}${attempt}`)).toEqual(['1b', '2a'])
    expect((await query(`SELECT id FROM ${left[0]?.rows_in} ORDER BY id`)).map(({ id }) => id)).toEqual(['1b', '2a'])
    await writer.close()
  })

  test('takes no batch after it was closed, which may be repeated', async () => {
    const writer = await open(database.sink<Thing>({ table: newTable('closed') }))
    await writer.close()
    await writer.close()
    await expect(writer.write(Batch.of(Thing, [thing('a')]))).rejects.toMatchObject({ code: 'SINK_FAILED' })
  })

  test('a table that was dropped, or a database that lost what it had committed, is reported and not written over', async () => {
    const table = newTable('lost')
    const sink = database.sink<Thing>({ table })
    for (let n = 0; n < 3; n++) await commit(sink, n, [`${n}`])
    const writer = await open(sink)
    await writer.write(Batch.of(Thing, [thing('x')]))
    const staged = (await writer.stage(3, 'a', range(3, 4))) as Staged
    await query(`UPDATE _tickets_guard SET n = 1 WHERE table_name = '${table}'`)
    await expect(writer.publish(staged)).rejects.toMatchObject({
      code: 'STAGED_LOST',
      message: expect.stringMatching(/up to range 1, and the log knows of 2/),
    })
    await writer.close()
    await query(`DROP TABLE ${table}`)
    await expect(open(sink)).rejects.toMatchObject({ code: 'TARGET_UNUSABLE', message: expect.stringMatching(/was dropped/) })
  })

  test('staged rows of which some are gone are not published', async () => {
    const table = newTable('partly')
    const writer = await open(database.sink<Thing>({ table }))
    await writer.write(Batch.of(Thing, [thing('x'), thing('y')]))
    const staged = (await writer.stage(0, 'a', range(0, 1))) as Staged
    const [{ rows_in, id: range_id }] = (await query(`SELECT id, rows_in FROM _tickets_staged WHERE table_name = '${table}'`)) as [
      Record<string, unknown>,
    ]
    await query(`DELETE FROM ${rows_in} WHERE _tickets_range = ${range_id} AND _tickets_row = 1`)
    await expect(writer.publish(staged)).rejects.toMatchObject({ code: 'STAGED_LOST' })
    await expect(writer.publish({ n: 'x' })).rejects.toMatchObject({ code: 'LOG_DAMAGED' })
    await writer.close()
  })
})
