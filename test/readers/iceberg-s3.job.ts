// Rows to an Iceberg table of a REST catalog, from a process whose log and files lie in a bucket alone:
// node iceberg-s3.job.ts '<JSON of its options>'
import { defineSchema, instant, into, pipeline } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { memorySource, messagesOf } from '@tickets/core/testing'
import { type S3Options, s3 } from '@tickets/s3'
import { icebergSink, restCatalog } from '@tickets/sinks'
import * as z from 'zod'

/** How the process works. */
export interface Job {
  readonly uri: string
  readonly table: string
  readonly place: S3Options
  readonly rows: number
  /** `never`: it runs until it is killed. */
  readonly until: 'now' | 'never'
}

const { uri, table, place, rows, until } = JSON.parse(process.argv[2] ?? '') as Job
const Thing = defineSchema(z.object({ n: z.int(), at: instant(), place: z.string() }), { name: 'thing', time: 'at' })
const thing = (n: number) => ({ n, at: '2026-11-21T12:00:00.000Z' as never, place: n % 4 < 2 ? 'a/b' : 'c' })
const numbers = Array.from({ length: rows }, (_, n) => n)
const partitions = [0, 1].map((partition) => messagesOf(numbers.filter((n) => n % 2 === partition).map(thing)))
const bucket = s3(place)

await pipeline({
  name: 'iceberg',
  source: memorySource({ schema: Thing, partitions, topic: 'rows', until, chunk: 10 }),
  log: commitLog(bucket.below('log')),
  range: { rows: 10, time: 600_000 },
  maxFuture: '400 days',
  flows: (things) => ({
    things: things.pipe(into(icebergSink(bucket.below('things'), { catalog: restCatalog({ uri }), table, partitionBy: ['place'] }))),
  }),
}).run()
