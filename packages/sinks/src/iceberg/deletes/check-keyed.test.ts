import { expect, test } from 'vitest'
import { folder } from '../../../test/helpers.ts'
import { KeyedRow } from '../../../test/keyed-rows.ts'
import { quick } from '../../../test/lake-helpers.ts'
import { storageAt } from '../../disk/disk-storage.ts'
import { type TableKey, tableKey } from '../../keyed/table-key.ts'
import { SnapshotFiles } from '../manifest/snapshot-files.ts'
import { newSchema } from '../spec/iceberg-schema.ts'
import type { IcebergSchema, TableMetadata } from '../spec/metadata.ts'
import { checkKeyed } from './check-keyed.ts'

const schema = newSchema(KeyedRow)
const key = tableKey(KeyedRow, { key: 'id' }, 't') as TableKey
const without: IcebergSchema = { ...schema, fields: schema.fields.filter(({ name }) => name !== 'id') }
const files = new SnapshotFiles(storageAt(await folder(), quick))
const check = (schemas: readonly IcebergSchema[], merged: Pick<IcebergSchema, 'fields'> | null) => {
  const metadata = { schemas, 'current-schema-id': schemas.at(-1)?.['schema-id'] } as TableMetadata
  return checkKeyed(key, { name: 't', metadata, merged: merged && { ...merged, lastColumnId: 20 }, files, replaces: false })
}

test('a key may have columns that the table gets with the rows', async () => {
  await check([schema], null)
  await check([without], schema)
})

test('a key may not have a column that the table had before and gets again', async () => {
  const again = { fields: [...without.fields, { id: 20, name: 'id', required: false, type: 'string' }] }
  const refused = { code: 'TARGET_UNUSABLE', message: expect.stringMatching(/the column "id" of the Iceberg table t/) }
  await expect(check([schema, { ...without, 'schema-id': 1 }], again)).rejects.toMatchObject(refused)
})
