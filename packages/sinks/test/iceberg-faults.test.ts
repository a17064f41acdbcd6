import { TicketsError } from '@tickets/core'
import { expect, test } from 'vitest'
import type { CatalogTable } from '../src/iceberg/catalog/catalog.ts'
import { metadataOf } from './iceberg-files.ts'
import { add, namesIn, tableIn } from './iceberg-table.ts'
import { failing, quick } from './lake-helpers.ts'

/** A catalog whose answers to one commit are lost: before it is made, or after. */
const losing = (isMade: boolean) => {
  let left = 1
  return (catalog: CatalogTable): CatalogTable => ({
    name: catalog.name,
    load: () => catalog.load(),
    create: (table) => catalog.create(table),
    cleanUp: () => catalog.cleanUp(),
    async commit(change) {
      if (left-- <= 0) return catalog.commit(change)
      if (isMade) await catalog.commit(change)
      throw new TicketsError('SINK_FAILED', 'no answer', { retryable: true })
    },
  })
}

test('6.7 where the answer to a commit is lost, the table tells whether it was made', async () => {
  for (const isMade of [false, true]) {
    const { table, path, process } = await tableIn([], quick, losing(isMade))
    const first = add(table, 0)
    if (isMade) await first
    else await expect(first).rejects.toMatchObject({ code: 'SINK_FAILED', retryable: true })
    await add(table, 0)
    await add(process(), 0)
    await add(table, 1)
    expect(await namesIn(path)).toEqual(['part-0.parquet', 'part-1.parquet'])
    expect((await metadataOf(path))?.snapshots).toHaveLength(2)
  }
})

test('6.7 a commit that was made and answered as a conflict keeps its files', async () => {
  const twice = (catalog: CatalogTable): CatalogTable => ({
    name: catalog.name,
    load: () => catalog.load(),
    create: (table) => catalog.create(table),
    cleanUp: () => catalog.cleanUp(),
    // As a proxy does that sends a request again whose answer it did not get.
    commit: async (change) => (await catalog.commit(change)) && (await catalog.commit(change)),
  })
  const { table, path } = await tableIn([], quick, twice)
  await add(table, 0)
  await add(table, 1)
  expect(await namesIn(path)).toEqual(['part-0.parquet', 'part-1.parquet'])
})

test('a catalog that refuses a commit though nothing has changed is no endless loop: it is said, and may be tried again', async () => {
  let left = 1
  const refusing = (catalog: CatalogTable): CatalogTable => ({
    name: 'lake.t',
    load: () => catalog.load(),
    create: (table) => catalog.create(table),
    cleanUp: () => catalog.cleanUp(),
    commit: async (change) => left-- <= 0 && catalog.commit(change),
  })
  const { table, path } = await tableIn([], quick, refusing)
  await expect(add(table, 0)).rejects.toMatchObject({
    code: 'SINK_FAILED',
    retryable: true,
    message: expect.stringMatching(/lake\.t, and its table has not changed/),
  })
  await add(table, 0)
  expect(await namesIn(path)).toEqual(['part-0.parquet'])
})

test('one passing fault at any call to the file system is said or harmless, and the range is in the table once after the next try', async () => {
  const calm = failing(0, false)
  await add((await tableIn([], calm.files)).table, 0)
  expect(calm.made.calls).toBeGreaterThan(15)
  for (const isDone of [false, true]) {
    for (let fault = 1; fault <= calm.made.calls; fault++) {
      const { path, table, process } = await tableIn([], failing(fault, isDone).files)
      await add(table, 0).catch((error: unknown) => expect(error, `call ${fault}`).toMatchObject({ code: 'SINK_FAILED' }))
      await add(table, 0)
      await add(process(quick), 0)
      await add(table, 1)
      expect(await namesIn(path), `call ${fault}`).toEqual(['part-0.parquet', 'part-1.parquet'])
    }
  }
})
