import type { Sink, Storage } from '@tickets/core'
import { sinkContract } from '@tickets/core/testing'
import { type S3Options, type S3Storage, s3 } from '@tickets/s3'
import { day, deltaSink, parquetSink } from '@tickets/sinks'
import { describe, test } from 'vitest'
import { filesOfTable } from '../../../test/files/files-of-table.ts'
import { placeAt, sharedStore } from '../../../test/s3/shared.ts'
import { Every, plain } from '../../sinks/test/helpers.ts'
import { BucketReader } from './bucket-copy.ts'

const endpoint = await sharedStore('fenced', 'the contract of sinks in a bucket')
const row = (i: number): Every => ({ ...plain, small: i, yes: i % 2 === 0 })
const partitionBy = ['yes' as const, day<'at'>('at')]

/** The published files of a dataset; null where there is none. */
async function partsOf(reader: BucketReader): Promise<readonly string[] | null> {
  const parts = (await reader.paths()).filter((path) => path.endsWith('.parquet'))
  return parts.length === 0 ? null : parts
}

/** The files that belong to a table; null where there is none. */
async function filesOf(reader: BucketReader): Promise<readonly string[] | null> {
  const commits = (await reader.paths()).filter((path) => path.startsWith('_delta_log/'))
  if (commits.length === 0) return null
  return reader.copied(commits, (folder) => filesOfTable(folder).map((path) => path.slice(folder.length + 1)))
}

const sinks: Readonly<Record<string, readonly [(place: Storage) => Sink<Every>, typeof partsOf]>> = {
  'parquetSink in one folder': [(place) => parquetSink<Every>(place), partsOf],
  'parquetSink in partitions': [(place) => parquetSink<Every>(place, { partitionBy }), partsOf],
  'deltaSink in one folder': [(place) => deltaSink<Every>(place), filesOf],
  'deltaSink in partitions': [(place) => deltaSink<Every>(place, { partitionBy }), filesOf],
  'deltaSink with a key': [(place) => deltaSink<Every>(place, { key: 'small' }), filesOf],
}

/** One client for all tests: a store is tried once for each. */
let root: Promise<{ place: S3Options; storage: S3Storage }> | undefined
let places = 0

for (const [what, [open, list]] of Object.entries(sinks)) {
  describe.skipIf(!endpoint)(`${what} of a bucket`, () => {
    const cases = sinkContract<Every>({
      schema: Every,
      row,
      make: async () => {
        const name = `sink-${places++}`
        root ??= placeAt(endpoint ?? '').then((place) => ({ place, storage: s3(place) }))
        const { place, storage } = await root
        const reader = new BucketReader({ endpoint: endpoint ?? '', bucket: place.bucket, prefix: `${place.prefix}/${name}` })
        return {
          open: () => open(storage.below(name)),
          visible: async () => {
            const files = await list(reader)
            return files && (await Promise.all(files.map((path) => reader.rows(path)))).flat().map(({ small }) => row(Number(small)))
          },
          staged: () => reader.uploads(),
        }
      },
    })
    for (const { name, run } of cases) test(name, run)
  })
}
