import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Batch, type Schema, type Staged, TicketsError } from '@tickets/core'
import { schemaOfFields } from '@tickets/core/arrow'
import { fileCatalog, type IcebergCatalog, icebergSink } from '@tickets/sinks'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { storageAt } from '../src/disk/disk-storage.ts'
import type { CatalogTable } from '../src/iceberg/catalog/catalog.ts'
import { folder, range } from './helpers.ts'
import { manifestsIn, metadataOf, rowsOfIceberg } from './iceberg-files.ts'
import { rewriteIceberg } from './iceberg-rewrite.ts'
import { KeyedRow, keyedRow } from './keyed-rows.ts'
import { dying, failing, quick, taskNamed } from './lake-helpers.ts'

const Revised = schemaOfFields(KeyedRow.fields, { name: 'keyed', version: 1, keys: ['id'] }) as unknown as Schema<KeyedRow>

interface Options {
  readonly key?: 'id' | readonly ('id' | 'place')[]
  readonly deleteWhen?: 'gone'
  readonly partitionBy?: readonly ('place' | 'id')[]
  readonly maxRowsPerFile?: number
}

/** Writers of one table, whose ranges are numbered by task. */
async function tableOf(options: Options, { files = quick, schema = KeyedRow as Schema<KeyedRow>, catalog = fileCatalog() as IcebergCatalog } = {}) {
  const path = await folder()
  const sink = () => icebergSink<KeyedRow>(path, { catalog, files, encodeWorkers: 0, ...options })
  const numbers = new Map<string, number>()
  const stage = async (task: string, rows: readonly KeyedRow[], by = sink()) => {
    const writer = await by.open(taskNamed(task), schema)
    const n = numbers.get(task) ?? 0
    numbers.set(task, n + 1)
    await writer.write(Batch.of(schema, rows))
    return { writer, staged: (await writer.stage(n, 'a', range(n, n + 1))) as Staged }
  }
  const add = async (task: string, rows: readonly KeyedRow[]) => {
    const { writer, staged } = await stage(task, rows)
    await writer.publish(staged)
  }
  return { path, sink, stage, add }
}

const visible = async (path: string) => (await rowsOfIceberg(path)).map(({ id, place, n }) => `${id} ${place} ${n}`).sort()

/** What the table should be: the rows by their keys. */
class Model {
  readonly #rows = new Map<string, KeyedRow>()
  readonly #key: (row: KeyedRow) => string
  readonly #isRevised: boolean

  constructor(key: readonly ('id' | 'place')[], isRevised: boolean) {
    this.#key = (row) => JSON.stringify(key.map((name) => row[name]))
    this.#isRevised = isRevised
  }

  add(rows: readonly KeyedRow[]): void {
    const newest = new Map<string, KeyedRow>()
    const isOlder = (row: KeyedRow, than: KeyedRow | undefined) => this.#isRevised && than !== undefined && row.revision < than.revision
    for (const row of rows) if (!isOlder(row, newest.get(this.#key(row)))) newest.set(this.#key(row), row)
    for (const [key, row] of newest) {
      if (isOlder(row, this.#rows.get(key))) continue
      if (row.gone) this.#rows.delete(key)
      else this.#rows.set(key, row)
    }
  }

  get visible(): string[] {
    return [...this.#rows.values()].map(({ id, place, n }) => `${id} ${place} ${n}`).sort()
  }
}

let n = 0
const anyRow = fc
  .record({
    id: fc.option(fc.constantFrom('a', 'b', 'c', 'd', 'é'.repeat(60))),
    place: fc.constantFrom('x', 'y/z', ''),
    gone: fc.nat(3).map((one) => one === 0),
    revision: fc.nat(2),
  })
  .map((row) => keyedRow(row.id, n++, row))
const anyStep = fc.oneof(
  { weight: 5, arbitrary: fc.record({ task: fc.constantFrom('t-0', 't-1'), rows: fc.array(anyRow, { minLength: 1, maxLength: 8 }) }) },
  { weight: 1, arbitrary: fc.constant('rewrite' as const) },
)

test.each([
  ['one folder', { key: 'id', deleteWhen: 'gone' }, false],
  ['partitions by another column', { key: 'id', deleteWhen: 'gone', partitionBy: ['place'] }, false],
  ['partitions by the key', { key: ['id', 'place'], deleteWhen: 'gone', partitionBy: ['id'], maxRowsPerFile: 2 }, false],
  ['revisions', { key: 'id', deleteWhen: 'gone', partitionBy: ['place'] }, true],
] as const)('6.8 a table has for each key the row that a map has, whatever tasks write and others rewrite: %s', async (_, options, isRevised) => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 1, maxLength: 12 }), async (steps) => {
      const { path, add } = await tableOf(options, { schema: isRevised ? Revised : (KeyedRow as Schema<KeyedRow>) })
      const model = new Model(typeof options.key === 'string' ? [options.key] : options.key, isRevised)
      for (const step of steps) {
        if (step === 'rewrite') await rewriteIceberg(path)
        else {
          await add(step.task, step.rows)
          model.add(step.rows)
        }
        expect(await visible(path)).toEqual(model.visible)
      }
    }),
    { numRuns: 25 },
  )
})

const first = [keyedRow('a', 1), keyedRow('b', 2), keyedRow('c', 3, { place: 'there' })]
const second = [keyedRow('a', 4), keyedRow('b', 5, { gone: true }), keyedRow('d', 6)]
const both = ['a here 4', 'c there 3', 'd here 6']

test('6.8 the commit that adds rows deletes those that they replace, and says so', async () => {
  const { path, add } = await tableOf({ key: 'id', deleteWhen: 'gone', partitionBy: ['place'] })
  await add('t-0', first)
  await add('t-0', second)
  expect(await visible(path)).toEqual(both)
  await add('t-0', [keyedRow('c', 7, { gone: true }), keyedRow('x', 8, { gone: true })])
  expect(await visible(path)).toEqual(['a here 4', 'd here 6'])
  const { snapshots = [], properties } = (await metadataOf(path)) ?? {}
  expect(properties).toEqual({ 'tickets.log1.t-0.all': '2' })
  const names = ['added-records', 'added-delete-files', 'added-position-deletes', 'total-records', 'total-delete-files', 'total-position-deletes']
  expect(snapshots.map(({ summary }) => [summary.operation, ...names.map((name) => summary[name])])).toEqual([
    ['append', '3', undefined, undefined, '3', '0', '0'],
    ['overwrite', '2', '1', '2', '5', '1', '2'],
    ['delete', '0', '1', '1', '5', '2', '3'],
  ])
  expect((await manifestsIn(path)).map(({ content, added_rows_count }) => [content, added_rows_count])).toEqual([
    [1, 1],
    [0, 2],
    [1, 2],
    [0, 3],
  ])
})

test('6.8 a log that replaces the table takes its deletes, too', async () => {
  const { path, sink, add } = await tableOf({ key: 'id', deleteWhen: 'gone' })
  await add('t-0', first)
  await add('t-0', second)
  const overwriting = icebergSink<KeyedRow>(path, { catalog: fileCatalog(), mode: 'overwrite', key: 'id' })
  await overwriting.begin?.({ id: 'log2', takesOver: true, remove: [] })
  expect(await visible(path)).toEqual([])
  expect((await metadataOf(path))?.snapshots?.at(-1)?.summary).toMatchObject({
    'deleted-data-files': '2',
    'removed-delete-files': '1',
    'total-delete-files': '0',
  })
  expect(sink().target).toContain(path)
})

test('6.8 of two tasks that replace the same rows at once, the later one finds what the earlier one wrote', async () => {
  const { path, stage } = await tableOf({ key: 'id' })
  const tasks = Array.from({ length: 6 }, (_, i) => `t-${i}`)
  const staged = await Promise.all(tasks.map((task, i) => stage(task, [keyedRow('a', i), keyedRow(task, 100 + i)])))
  await Promise.all(staged.map(({ writer, staged: one }) => writer.publish(one)))
  const rows = await visible(path)
  expect(rows.filter((row) => row.startsWith('a '))).toHaveLength(1)
  expect(rows).toHaveLength(7)
  // What was written for commits that came too late is gone.
  const { summary } = (await metadataOf(path))?.snapshots?.at(-1) ?? {}
  expect(summary).toMatchObject({ 'total-delete-files': '5', 'total-position-deletes': '5' })
  expect((await readdir(join(path, 'metadata'))).filter((name) => name.endsWith('.parquet'))).toHaveLength(5)
})

test('6.8 manifests of deletes are merged among each other, and those of data, too', async () => {
  const { path, add } = await tableOf({ key: 'id' })
  await add('t-0', first)
  const catalog = fileCatalog().table(undefined, storageAt(path, quick), '')
  await catalog.load()
  await catalog.commit({ requirements: [], updates: [{ action: 'set-properties', updates: { 'commit.manifest.min-count-to-merge': '3' } }] })
  for (let i = 0; i < 12; i++) await add('t-0', [keyedRow('a', 100 + i), keyedRow(`new ${i}`, i)])
  expect(await visible(path)).toHaveLength(15)
  const manifests = await manifestsIn(path)
  expect(manifests.filter(({ content }) => content === 1).length).toBeLessThanOrEqual(3)
  expect(manifests.filter(({ content }) => content === 0).length).toBeLessThanOrEqual(3)
  expect(manifests.filter(({ content }) => content === 1).reduce((sum, one) => sum + Number(one.existing_files_count), 0)).toBeGreaterThan(8)
})

/** A catalog whose answers to one commit are lost, before it is made or after; `at` counts commits. */
const losing = (at: number, isMade: boolean): IcebergCatalog => {
  let count = 0
  const wrap = (catalog: CatalogTable): CatalogTable => ({
    name: catalog.name,
    load: () => catalog.load(),
    create: (table) => catalog.create(table),
    cleanUp: () => catalog.cleanUp(),
    async commit(change) {
      if (count++ !== at) return catalog.commit(change)
      if (isMade) await catalog.commit(change)
      throw new TicketsError('SINK_FAILED', 'no answer', { retryable: true })
    },
  })
  return { kind: 'file', table: (...given) => wrap(fileCatalog().table(...given)) }
}

test('6.8 where the answer to a commit is lost, rows are replaced once', async () => {
  for (const isMade of [false, true]) {
    const { path, add, stage } = await tableOf({ key: 'id', deleteWhen: 'gone' }, { catalog: losing(1, isMade) })
    await add('t-0', first)
    const { writer, staged } = await stage('t-0', second)
    await writer.publish(staged).catch((error: unknown) => expect(error).toMatchObject({ code: 'SINK_FAILED', retryable: true }))
    await writer.publish(staged)
    expect(await visible(path)).toEqual(both)
    expect((await metadataOf(path))?.snapshots).toHaveLength(2)
  }
})

test('6.8 death at every call to the file system while rows are replaced leaves each key once', async () => {
  const options = { key: 'id', deleteWhen: 'gone', partitionBy: ['place'] } as const
  for (const how of ['before', 'after'] as const) {
    for (let last = 1, isDead = true; isDead; last++) {
      const { path, add, stage } = await tableOf(options)
      await add('t-0', first)
      const { staged } = await stage('t-0', second)
      const open = (files: typeof quick) => icebergSink<KeyedRow>(path, { catalog: fileCatalog(), files, encodeWorkers: 0, ...options })
      const publish = async (files: typeof quick) => (await open(files).open(taskNamed('t-0'), KeyedRow as Schema<KeyedRow>)).publish(staged)
      isDead = await publish(dying(last, how)).then(
        () => false,
        () => true,
      )
      await publish(quick)
      await publish(quick)
      expect(await visible(path), `${how} call ${last}`).toEqual(both)
      if (!isDead) expect(last).toBeGreaterThan(15)
    }
  }
})

test('6.8 one passing fault at any call to the file system is said or harmless, and each key is there once after the next try', async () => {
  for (const isDone of [false, true]) {
    for (let fault = 1, more = true; more; fault++) {
      const { path, add, stage } = await tableOf({ key: 'id', deleteWhen: 'gone' })
      await add('t-0', first)
      const { staged } = await stage('t-0', second)
      const { files, made } = failing(fault, isDone)
      const publish = async (by: typeof quick) =>
        (
          await icebergSink<KeyedRow>(path, { catalog: fileCatalog(), files: by, encodeWorkers: 0, key: 'id', deleteWhen: 'gone' }).open(
            taskNamed('t-0'),
            KeyedRow as Schema<KeyedRow>,
          )
        ).publish(staged)
      await publish(files).catch((error: unknown) => expect(error, `call ${fault}`).toBeInstanceOf(TicketsError))
      more = made.calls >= fault
      await publish(quick)
      expect(await visible(path), `call ${fault}`).toEqual(both)
    }
  }
})

test('keys that make no sense are refused', async () => {
  const make = (options: object) => () => icebergSink('x', { catalog: fileCatalog(), ...options } as never)
  expect(make({ key: 1 })).toThrow(/key is the name of a column/)
  expect(make({ deleteWhen: 1 })).toThrow(/deleteWhen is the name of a boolean column/)
  const storage = storageAt(await folder(), quick)
  const check = (options: object) =>
    icebergSink<KeyedRow>(storage, { catalog: fileCatalog(), ...options } as never).check?.(KeyedRow as Schema<KeyedRow>, 'all')
  await expect(check({ key: 'none' })).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  await expect(check({ key: 'id', deleteWhen: 'place' })).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  await check({ key: 'id', deleteWhen: 'gone' })
})
