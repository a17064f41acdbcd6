import { Batch, type Schema, type Staged } from '@tickets/core'
import { fileCatalog, type IcebergCatalog, type IcebergOptions, icebergSink } from '@tickets/sinks'
import { expect, test } from 'vitest'
import type { CatalogTable } from '../src/iceberg/catalog/catalog.ts'
import { folder, range } from './helpers.ts'
import { metadataOf, rowsOfIceberg } from './iceberg-files.ts'
import { addForeign, changeForeign, renameForeign } from './iceberg-foreign.ts'
import { KeyedRow, keyedRow } from './keyed-rows.ts'
import { layer, quick, taskNamed } from './lake-helpers.ts'

const Rows = KeyedRow as Schema<KeyedRow>
const sinkAt = (path: string, options: object = { key: 'id' }) =>
  icebergSink<KeyedRow>(path, { catalog: fileCatalog(), files: quick, encodeWorkers: 0, ...options } as IcebergOptions<KeyedRow>)

async function stage(path: string, n: number, rows: readonly KeyedRow[]) {
  const writer = await sinkAt(path).open(taskNamed('t-0'), Rows)
  await writer.write(Batch.of(Rows, rows))
  const staged = (await writer.stage(n, 'a', range(n, n + 1))) as Staged
  return () => writer.publish(staged)
}

/** A table with one row. */
async function table() {
  const path = await folder()
  await (await stage(path, 0, [keyedRow('a', 1)]))()
  return path
}
const check = (path: string, options?: object) => sinkAt(path, options).check?.(Rows, 'all')
const visible = async (path: string) => (await rowsOfIceberg(path)).map(({ id, n }) => `${id} ${n}`).sort()

const changes: readonly [string, (path: string) => Promise<void>, RegExp][] = [
  ['equality deletes', (path) => addForeign(path, { content: 2 }), /has equality deletes \(file.*rewrite_data_files/],
  ['position deletes in another format', (path) => addForeign(path, { content: 1, format: 'AVRO' }), /position deletes in AVRO.*rewrite_data_files/],
  ['data in another format', (path) => addForeign(path, { content: 0, format: 'ORC' }), /data in ORC.*rewrite_data_files/],
  ['data in another place', (path) => addForeign(path, { content: 0, address: 's3://other/a.parquet' }), /data outside of .*rewrite_data_files/],
]

test.each(changes)('3.14 a start with a key refuses a table with %s, and one without a key does not', async (_, change, message) => {
  const path = await table()
  await check(path)
  await change(path)
  await expect(check(path)).rejects.toMatchObject({ code: 'TARGET_UNUSABLE', message: expect.stringMatching(message) })
  await check(path, {})
  await check(path, { key: 'id', mode: 'overwrite' })
})

test('3.14 a start refuses a key of a column that had another name, also where the rows are replaced', async () => {
  const path = await table()
  await renameForeign(path, 'id', 'other')
  await renameForeign(path, 'place', 'id')
  const refused = { code: 'TARGET_UNUSABLE', message: expect.stringMatching(/the column "id".*had another name before.*set `key`/) }
  for (const options of [{ key: 'id' }, { key: ['id', 'n'], mode: 'overwrite' }]) await expect(check(path, options)).rejects.toMatchObject(refused)
  await check(path, { key: 'n' })
  // A name that the table had before and gets again is another column.
  await expect(check(path, { key: 'place' })).rejects.toMatchObject({ code: 'TARGET_UNUSABLE', message: expect.stringMatching(/the column "place"/) })
})

test('3.14 a start takes a key of a column that the table gets with it', async () => {
  const path = await table()
  await changeForeign(path, ({ schemas }) => ({
    requirements: [],
    updates: [
      { action: 'add-schema', schema: { ...(schemas[0] as (typeof schemas)[number]), fields: [] }, 'last-column-id': 20 },
      { action: 'set-current-schema', 'schema-id': -1 },
    ],
  }))
  await expect(check(path)).rejects.toMatchObject({ code: 'TARGET_UNUSABLE' })
  const empty = await folder()
  await sinkAt(empty, {}).open(taskNamed('t-0'), { ...Rows, fields: Rows.fields.filter(({ name }) => name !== 'n') } as Schema<KeyedRow>)
  await check(empty, { key: ['id', 'n'] })
})

test.each(changes)('6.8 %s that others write while a pipeline runs are a conflict that keeps the range', async (_, change, message) => {
  const path = await table()
  const publish = await stage(path, 1, [keyedRow('a', 2)])
  const before = await metadataOf(path)
  await change(path)
  await expect(publish()).rejects.toMatchObject({ code: 'ICEBERG_CONFLICT', retryable: false, message: expect.stringMatching(message) })
  await expect(publish()).rejects.toMatchObject({ message: expect.stringMatching(/the range is recorded, and its files stand in .*run again/) })
  await changeForeign(path, () => ({
    requirements: [],
    updates: [{ action: 'set-snapshot-ref', 'ref-name': 'main', type: 'branch', 'snapshot-id': before?.['current-snapshot-id'] as number }],
  }))
  await publish()
  expect(await visible(path)).toEqual(['a 2'])
})

test('6.8 a key column that others rename while a pipeline runs is a conflict that keeps the range', async () => {
  const path = await table()
  const publish = await stage(path, 1, [keyedRow('a', 2)])
  await renameForeign(path, 'id', 'other')
  await expect(publish()).rejects.toMatchObject({
    code: 'ICEBERG_CONFLICT',
    message: expect.stringMatching(/the column "id".*the range is recorded/s),
  })
})

test('6.8 a commit that other writers come before reads no manifest and no data file of the table twice', async () => {
  const path = await table()
  let races = 0
  const raced = (catalog: CatalogTable): CatalogTable => ({
    name: catalog.name,
    load: () => catalog.load(),
    create: (made) => catalog.create(made),
    cleanUp: () => catalog.cleanUp(),
    async commit(change) {
      if (races < 4) await (await stage(path, ++races, [keyedRow('a', 10 + races), keyedRow(`b${races}`, 0)]))()
      return catalog.commit(change)
    },
  })
  const read = new Map<string, number>()
  const counting = layer(async (name, act, [file]) => {
    if (name.startsWith('read') && /(part-.*\.parquet|-m\d+\.avro)$/.test(String(file))) read.set(String(file), (read.get(String(file)) ?? 0) + 1)
    return act()
  })
  const catalog: IcebergCatalog = { kind: 'file', table: (...given) => raced(fileCatalog().table(...given)) }
  const writer = await sinkAt(path, { key: 'id', catalog, files: counting }).open(taskNamed('t-1'), Rows)
  await writer.write(Batch.of(Rows, [keyedRow('a', 99), keyedRow('b2', 98)]))
  const staged = (await writer.stage(0, 'a', range(0, 1))) as Staged
  read.clear()
  await writer.publish(staged)
  expect(races).toBe(4)
  expect(await visible(path)).toEqual(['a 99', 'b1 0', 'b2 98', 'b3 0', 'b4 0'])
  const [data, manifests] = ['.parquet', '.avro'].map((end) => [...read].filter(([file]) => file.endsWith(end)).map(([, times]) => times))
  expect([data?.length, manifests?.length]).toEqual([6, 9])
  expect([...(data ?? []), ...(manifests ?? [])].filter((times) => times > 1)).toEqual([])
})
