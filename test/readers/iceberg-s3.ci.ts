import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineSchema, instant, into, pipeline } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { memorySource, messagesOf } from '@tickets/core/testing'
import { s3 } from '@tickets/s3'
import { fileCatalog, icebergSink } from '@tickets/sinks'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { placeAt, sharedStore } from '../s3/shared.ts'
import { icebergPythonOrSkip, lineProcess } from './python.ts'

const python = await icebergPythonOrSkip()
const endpoint = python ? await sharedStore('fenced', 'Iceberg tables in a bucket') : null

const Thing = defineSchema(z.object({ n: z.int(), at: instant(), place: z.string() }), { name: 'thing', time: 'at' })
/** The key and the secret of the store's one account. */
const KEY = 'testtest'
const things = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({ n: from + i, at: '2026-11-21T12:00:00.000Z' as never, place: i % 2 ? 'a/b' : 'c' }))

describe.skipIf(!endpoint)('Iceberg tables in a bucket', () => {
  test('pyiceberg reads each row once, in partitions, after runs of two logs of which the second replaces the first', async () => {
    const place = await placeAt(endpoint ?? '')
    const logs = await mkdtemp(join(tmpdir(), 'tickets-iceberg-s3-'))
    const reader = lineProcess(python as string, 'iceberg.py')
    const run = (log: string, from: number, to: number, mode: 'append' | 'overwrite') =>
      pipeline({
        name: 'iceberg',
        source: memorySource({ schema: Thing, partitions: [messagesOf(things(from, to))], topic: 'rows', until: 'now', chunk: 10 }),
        log: commitLog(join(logs, log)),
        range: { rows: 10, time: 600_000 },
        maxFuture: '400 days',
        flows: (rows) => ({ rows: rows.pipe(into(icebergSink(s3(place), { catalog: fileCatalog(), partitionBy: ['place'], mode }))) }),
      }).run({ handleSignals: false })
    const count = (where: string | null) =>
      reader.ask({ do: 'count_s3', endpoint: place.endpoint, bucket: place.bucket, prefix: place.prefix, where, key: KEY })
    try {
      await run('first', 0, 40, 'append')
      await run('first', 0, 40, 'append')
      expect(await count(null)).toEqual({ rows: 40, distinct: 40 })
      expect(await count("place = 'a/b'")).toEqual({ rows: 20, distinct: 20 })
      await run('second', 100, 130, 'overwrite')
      expect(await count(null)).toEqual({ rows: 30, distinct: 30 })
    } finally {
      reader.close()
      await rm(logs, { recursive: true, force: true })
    }
  })
})
