import { count, into, pipeline, Ticket, tumbling, windowed } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { memorySource, quickClock } from '@tickets/core/testing'
import { s3 } from '@tickets/s3'
import { day, deltaSink, parquetSink } from '@tickets/sinks'
import { describe, test } from 'vitest'
import { filesOfTable } from '../../../test/files/files-of-table.ts'
import { placeAt, sharedStore } from '../../../test/s3/shared.ts'
import { partitions, someCrashes } from '../../sinks/test/some-crashes.ts'
import { BucketReader } from './bucket-copy.ts'

const endpoint = await sharedStore('fenced', 'pipelines in a bucket that crash')
const minute = tumbling({ size: '1 minute' })

/** The rows of files, with what the path says of them. */
async function rowsOf(reader: BucketReader, paths: readonly string[]): Promise<object[]> {
  const read = async (path: string) => {
    const partition = path.split('/').filter((name) => name.includes('='))
    return (await reader.rows(path)).map((row) => ({ ...row, ...Object.fromEntries(partition.map((name) => name.split('='))) }))
  }
  const rows = (await Promise.all(paths.map(read))).flat()
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, typeof value === 'bigint' ? Number(value) : value])))
}

describe.skipIf(!endpoint)('a pipeline with log and files in a bucket that crashes anywhere', () => {
  test('leaves each row once in Parquet and in Delta, each window once, and no upload', async () => {
    const place = await placeAt(endpoint ?? '')
    // One client, so that the store is tried once and not for each crash.
    const bucket = s3(place)
    let worlds = 0
    await someCrashes({
      world: () => {
        const name = `world-${worlds++}`
        const world = bucket.below(name)
        const reader = new BucketReader({ endpoint: endpoint ?? '', bucket: place.bucket, prefix: `${place.prefix}/${name}` })
        const partsOf = async (folder: string) => (await reader.paths()).filter((path) => path.startsWith(`${folder}/`) && path.endsWith('.parquet'))
        return {
          source: memorySource({ schema: Ticket, partitions: partitions(), chunk: 2 }),
          log: commitLog(world.below('log')),
          sinks: {
            all: parquetSink<Ticket>(world.below('all'), { partitionBy: ['request_type', day('created_at')] }),
            table: deltaSink<Ticket>(world.below('table')),
            windows: parquetSink<{ n: number }>(world.below('windows')),
          },
          outputs: async () => {
            const commits = (await reader.paths()).filter((path) => path.startsWith('table/_delta_log/'))
            const files = await reader.copied(commits, (folder) => filesOfTable(`${folder}/table`).map((path) => path.slice(folder.length + 1)))
            return {
              all: { rows: await rowsOf(reader, await partsOf('all')) },
              table: { rows: await rowsOf(reader, files) },
              windows: { rows: await rowsOf(reader, await partsOf('windows')), keys: ['window_start', 'request_type'] },
            }
          },
          leftBehind: () => reader.uploads(),
        }
      },
      pipeline: ({ source, log, sinks }) =>
        pipeline({
          name: 'bucket',
          source,
          log,
          clock: quickClock,
          range: { rows: 2 },
          flows: (t) => ({
            all: t.pipe(into(sinks.all)),
            table: t.pipe(into(sinks.table)),
            windows: t.pipe(windowed(minute, { by: 'request_type', aggregate: { n: count() } }), into(sinks.windows)),
          }),
        }),
    })
  }, 900_000)
})
