import { defineSchema, instant, into, pipeline, type RowOf } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { memorySource, messagesOf } from '@tickets/core/testing'
import type { RequestCounts, S3Storage } from '@tickets/s3'
import { compact, deltaSink, files, inspect, optimizeDelta, parquetSink } from '@tickets/sinks'
import { parquetReadObjects } from 'hyparquet'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { sharedStore, storageIn } from '../../../test/s3/shared.ts'

const store = await sharedStore('fenced', 'pipelines in a bucket')

const Thing = defineSchema(z.object({ n: z.int(), at: instant(), place: z.enum(['here', 'there']) }), { name: 'thing', version: 1, time: 'at' })
type Thing = RowOf<typeof Thing>
const thing = (n: number): Thing => ({ n, at: new Date(Date.UTC(2026, 10, 21, 12, 0, 0, n)), place: n % 2 === 0 ? 'here' : 'there' })
const things = (count: number) => Array.from({ length: count }, (_, n) => thing(n))

/** A pipeline of ranges of ten rows, whose log and files lie in a bucket alone. */
const lake = (bucket: S3Storage, rows: number) =>
  pipeline({
    name: 'bucket',
    source: memorySource({ schema: Thing, partitions: [messagesOf(things(rows))], until: 'now', chunk: 10 }),
    log: commitLog(bucket.below('log')),
    range: { rows: 10 },
    flows: (rows$) => ({
      plain: rows$.pipe(into(parquetSink(bucket.below('plain')))),
      table: rows$.pipe(into(deltaSink(bucket.below('table'), { partitionBy: ['place'] }))),
    }),
  })

/** The numbers of the rows in some files of a storage, sorted. */
async function numbersIn(bucket: S3Storage, paths: readonly string[]): Promise<number[]> {
  const all: number[] = []
  for (const path of paths) {
    const bytes = await bucket.read(path.replace(`${bucket.location}/`, ''))
    const rows = await parquetReadObjects({ file: Uint8Array.from(bytes ?? []).buffer, columns: ['n'] })
    all.push(...rows.map(({ n }) => Number(n)))
  }
  return all.sort((a, b) => a - b)
}

/** The files that the commits of a Delta table add up to. */
async function filesOfTable(bucket: S3Storage, table: string): Promise<string[]> {
  const found = new Set<string>()
  for (const name of [...(await bucket.names(`${table}/_delta_log`))].filter((one) => /^\d{20}\.json$/.test(one)).sort()) {
    const text = Buffer.from((await bucket.read(`${table}/_delta_log/${name}`)) ?? []).toString()
    for (const line of text.split('\n').filter(Boolean)) {
      const { add, remove } = JSON.parse(line) as { add?: { path: string }; remove?: { path: string } }
      if (add) found.add(`${table}/${decodeURIComponent(add.path)}`)
      if (remove) found.delete(`${table}/${decodeURIComponent(remove.path)}`)
    }
  }
  return [...found]
}

const expected = (rows: number) => things(rows).map(({ n }) => n)

describe.skipIf(!store)('a pipeline whose log and files lie in a bucket', () => {
  test('writes each row once, resumes, and is compacted and inspected there', async () => {
    const bucket = await storageIn(store ?? '')
    await lake(bucket, 45).run()
    await lake(bucket, 45).run()
    await lake(bucket, 95).run()
    expect(await numbersIn(bucket, await files(bucket.below('plain')))).toEqual(expected(95))
    expect(await numbersIn(bucket, await filesOfTable(bucket, 'table'))).toEqual(expected(95))
    expect((await inspect(bucket.below('plain')))[0]).toMatchObject({ rows: 95, format: 'parquet' })
    expect((await compact(bucket.below('plain'))).merged).toBeGreaterThan(5)
    expect((await optimizeDelta(bucket.below('table'))).written).toBe(2)
    expect(await numbersIn(bucket, await files(bucket.below('plain')))).toEqual(expected(95))
    expect(await numbersIn(bucket, await filesOfTable(bucket, 'table'))).toEqual(expected(95))
    await lake(bucket, 120).run()
    expect(await numbersIn(bucket, await files(bucket.below('plain')))).toEqual(expected(120))
    expect(await numbersIn(bucket, await filesOfTable(bucket, 'table'))).toEqual(expected(120))
  })

  test('sends for each range the requests that the page on object storage counts', async () => {
    const sentFor = async (ranges: number): Promise<RequestCounts> => {
      const bucket = await storageIn(store ?? '')
      const run = pipeline({
        name: 'requests',
        source: memorySource({ schema: Thing, partitions: [messagesOf(things(ranges * 10))], until: 'now', chunk: 10 }),
        log: commitLog(bucket.below('log')),
        range: { rows: 10 },
        flows: (rows$) => ({ plain: rows$.pipe(into(parquetSink(bucket.below('plain')))) }),
      })
      await run.run()
      return { ...bucket.requests }
    }
    const [few, many] = [await sentFor(5), await sentFor(25)]
    const each = Object.entries(many).map(([kind, count]) => [kind, (count - few[kind as keyof RequestCounts]) / 20])
    // The mark of the owner is read again while it is new: here, and not in a run of more than two seconds.
    expect(Object.fromEntries(each.filter(([kind, count]) => count !== 0 && kind !== 'GetObject'))).toEqual({
      PutObject: 1,
      ListObjectsV2: 1,
      CreateMultipartUpload: 1,
      UploadPart: 1,
      CompleteMultipartUpload: 1,
      ListMultipartUploads: 1,
      HeadObject: 3,
    })
  })
})
