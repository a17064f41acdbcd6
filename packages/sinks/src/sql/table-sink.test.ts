import { Batch, defineSchema, type Staged } from '@tickets/core'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { describeEach, ownDatabases } from '../../test/databases.ts'
import { range } from '../../test/helpers.ts'
import { newTable } from '../../test/mysql-helpers.ts'
import { commit, open, shape, Thing, thing } from '../../test/things.ts'

const databases = await ownDatabases('tables of sinks')

describeEach(databases, 'the table of a sink', ({ kind, sink, query, rows }) => {
  test('a schema that grew says which column to add, and continues once it is there; rows staged before are published', async () => {
    const table = newTable('grown')
    const keyed = sink<Thing>({ table, key: 'id' })
    await commit(keyed, 0, ['a'])
    const before = await open(keyed)
    await before.write(Batch.of(Thing, [thing('b')]))
    const staged = (await before.stage(1, 'a', range(1, 2))) as Staged
    await before.close()
    const Grown = defineSchema(z.object({ ...shape, more: z.enum(['x', 'y']).optional() }), { name: 'thing', time: 'at' })
    await expect(open(keyed, 'log1', { schema: Grown })).rejects.toThrow(
      kind === 'mysql'
        ? /no column "more": ALTER TABLE `\w+` ADD COLUMN `more` varchar\(255\) .* NULL/
        : /no column "more": ALTER TABLE "\w+" ADD COLUMN "more" text COLLATE "C" NULL/,
    )
    await query(`ALTER TABLE ${table} ADD COLUMN more VARCHAR(255) NULL`)
    const after = await open(keyed, 'log1', { schema: Grown })
    await after.publish(staged)
    await after.close()
    await commit(keyed, 2, ['c'], 'log1', { schema: Grown })
    expect((await query(`SELECT id FROM ${table} ORDER BY id`)).map((row) => row.id)).toEqual(['a', 'b', 'c'])
  })

  test('with a key of optional columns, or of none that there are, is refused', async () => {
    await expect(open(sink<Thing>({ table: newTable(), key: 'note' }))).rejects.toThrow(/key "note" .* may be without a value/)
    await expect(open(sink<Thing>({ table: newTable(), key: 'nope' as 'id' }))).rejects.toThrow(/no column "nope".*it has id, n/)
  })

  test('keeps rows that nobody wrote with a log in append mode, and loses them when they are overwritten', async () => {
    const [kept, gone] = [newTable('kept'), newTable('gone')]
    for (const table of [kept, gone]) {
      await commit(sink<Thing>({ table, key: 'id' }), 0, ['mine'], 'log0')
      await query(`DELETE FROM _tickets_owner WHERE table_name = '${table}'`)
    }
    await commit(sink<Thing>({ table: kept, key: 'id' }), 0, ['a'])
    await commit(sink<Thing>({ table: gone, key: 'id', mode: 'overwrite' }), 0, ['a'], 'log1', { takesOver: true })
    expect((await rows(kept))?.length).toBe(2)
    expect((await rows(gone))?.length).toBe(1)
  })

  test('whose flow or task has a name longer than the bookkeeping has room for is refused', async () => {
    const long = 'x'.repeat(256)
    await expect(sink<Thing>({ table: newTable() }).check?.(Thing, long)).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  })
})
