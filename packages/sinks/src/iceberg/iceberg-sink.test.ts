import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Storage } from '@tickets/core'
import { memoryStorage, sinkContract } from '@tickets/core/testing'
import { day, fileCatalog, type IcebergOptions, icebergSink, restCatalog } from '@tickets/sinks'
import { parquetReadObjects } from 'hyparquet'
import { describe, expect, test } from 'vitest'
import { Every } from '../../test/helpers.ts'
import { filesOfIceberg } from '../../test/iceberg-files.ts'
import { checkLaterVersion, dieAtEveryCall, row, type TableKind, tableContract } from '../../test/table-cases.ts'

/** The numbers of the rows that a table has; null where it has no snapshot. */
async function numbersIn(place: string | Storage): Promise<number[] | null> {
  const content = async (file: string) => (typeof place === 'string' ? await readFile(join(place, file)) : ((await place.read(file)) ?? []))
  const read = async (file: string) => parquetReadObjects({ file: Uint8Array.from(await content(file)).buffer, columns: ['small'] })
  const files = await filesOfIceberg(place)
  return files && (await Promise.all(files.map(read))).flat().map(({ small }) => Number(small))
}

type Options = Omit<IcebergOptions<Every>, 'catalog'>
const layouts: Readonly<Record<string, Options>> = {
  'in one folder': {},
  'in partitions': { partitionBy: ['yes', day('at')] },
}

const table: TableKind<Options> = { sink: (path, options) => icebergSink<Every>(path, { catalog: fileCatalog(), ...options }), numbersIn }

for (const [layout, options] of Object.entries(layouts)) tableContract(`icebergSink ${layout}`, table, options)

describe('icebergSink on a storage that is no disk', () => {
  const cases = sinkContract<Every>({
    schema: Every,
    row,
    make: async () => {
      const storage = memoryStorage()
      return {
        open: () => icebergSink<Every>(storage.open(), { catalog: fileCatalog(), partitionBy: ['yes'] }),
        visible: async () => (await numbersIn(storage))?.map(row) ?? null,
        staged: async () => [...storage.hidden],
      }
    },
  })
  for (const { name, run } of cases) test(name, run)
})

test.each(Object.entries(layouts))('6.7 death at every call to the file system, before or after it happened: each row once: %s', (_, options) =>
  dieAtEveryCall(table, options, 60),
)

test('a later version of a flow has a table of its own beside the first', () => checkLaterVersion(table, {}))

test('the format of a sink without a key is that of earlier releases, so that their logs continue', () => {
  const format = (options: Options) => icebergSink<Every>('x', { catalog: fileCatalog(), ...options }).format
  expect([format({}), format({ key: [] }), format({ partitionBy: ['yes'] })]).toEqual(['iceberg', 'iceberg', 'iceberg by yes'])
  expect(format({ key: 'small', deleteWhen: 'yes', partitionBy: [day('at')] })).toBe('iceberg by at_date(at) with key small and deleteWhen yes')
})

test('options that make no sense are refused at once', () => {
  const make = (options: object) => () => icebergSink('x', options as never)
  expect(make({})).toThrow(/catalog of an icebergSink is restCatalog/)
  expect(make({ catalog: fileCatalog(), compression: 'zstd' })).toThrow(/'snappy' or 'none'/)
  expect(make({ catalog: fileCatalog(), compact: { every: '1 minute' } })).toThrow(/no `compact`/)
  expect(make({ catalog: restCatalog({ uri: 'http://host' }) })).toThrow(/table names one of the catalog/)
})
