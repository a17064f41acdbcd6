import { Batch } from '@tickets/core'
import { fromRecordBatch, readIpc, schemaOfFields } from '@tickets/core/arrow'
import { expect, test } from 'vitest'
import { Every, plain, sparse } from '../../test/helpers.ts'
import { arrowFile } from './arrow.ts'

test('a file is read back with columns, rows and footer', async () => {
  const file = await arrowFile(Every, [Batch.of(Every, [plain, sparse])], new Map([['tickets', 'about']]))
  const { fields, metadata, batches } = readIpc(file)
  expect(fields.map(({ name }) => name)).toEqual(Every.fields.map(({ name }) => name))
  expect(metadata.get('tickets')).toBe('about')
  const schema = schemaOfFields(fields, { name: 'every', version: 3, keys: [] })
  const rows = batches.flatMap((batch) => fromRecordBatch(schema, batch).toArray()) as { text: string; at: Date }[]
  expect(rows.map(({ text, at }) => [text, at])).toEqual([plain, sparse].map(({ text, at }) => [text, at]))
})

test('a file without rows has the columns', async () => {
  expect(readIpc(await arrowFile(Every, [], new Map())).fields).toHaveLength(Every.fields.length)
})
