import { describe, expect, test } from 'vitest'
import { ownDatabase } from '../../../test/mysql-helpers.ts'
import { migrateWarehouse } from './migrate-warehouse.ts'

const database = await ownDatabase('migrating the warehouse')
const url = database?.url ?? ''

describe.skipIf(!database)('migrateWarehouse', () => {
  test('applies the files, which make every table that the facts need, and then nothing', async () => {
    expect(await migrateWarehouse({ url })).toEqual(['001_dimensions.sql', '002_facts.sql', '003_views.sql'])
    expect(await migrateWarehouse({ url })).toEqual([])
  })

  test('continues where an earlier release ended', async () => {
    for (const view of ['v_metrics', 'v_repeat_clients']) await database?.query(`DROP VIEW ${view}`)
    await database?.query('DELETE FROM _tickets_migrations WHERE version > 2')
    expect(await migrateWarehouse({ url })).toEqual(['003_views.sql'])
    expect(await database?.query('SELECT * FROM v_metrics')).toEqual([])
  })
})
