import { spawn } from 'node:child_process'
import { once as happens } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { defineSchema, instant, into, pipeline } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { memorySource, messagesOf } from '@tickets/core/testing'
import { type S3Options, s3 } from '@tickets/s3'
import { fileCatalog, icebergSink } from '@tickets/sinks'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import * as z from 'zod'
import { restServerOrSkip } from '../catalog/rest-catalog.ts'
import { environmentOf, placeAt, sharedStore } from '../s3/shared.ts'
import type { Job } from './iceberg-s3.job.ts'
import { icebergPythonOrSkip, type LineProcess, lineProcess } from './python.ts'

const python = await icebergPythonOrSkip()
const endpoint = python ? await sharedStore('fenced', 'Iceberg tables in a bucket') : null
const place = endpoint ? await placeAt(endpoint) : null
const root = `s3://${place?.bucket}/${place?.prefix}`
const catalog = place && endpoint ? await restServerOrSkip({ warehouse: `${root}/warehouse`, endpoint, env: await environmentOf(place) }) : null

const Thing = defineSchema(z.object({ n: z.int(), at: instant(), place: z.string() }), { name: 'thing', time: 'at' })
const things = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({ n: from + i, at: '2026-11-21T12:00:00.000Z' as never, place: i % 2 ? 'a/b' : 'c' }))

/** Returns how readers reach a place, in the words of Iceberg. */
async function accessTo(options: S3Options): Promise<object> {
  const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = await environmentOf(options)
  return {
    's3.endpoint': endpoint,
    's3.region': AWS_REGION,
    's3.access-key-id': AWS_ACCESS_KEY_ID,
    's3.secret-access-key': AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { 's3.session-token': AWS_SESSION_TOKEN }),
  }
}

/** Starts a process that shares nothing with others but the bucket and the catalog, in an empty folder. */
async function startHost(job: Job) {
  const disk = await mkdtemp(join(tmpdir(), 'tickets-iceberg-host-'))
  const program = fileURLToPath(new URL('./iceberg-s3.job.ts', import.meta.url))
  const env = { PATH: process.env.PATH ?? '', HOME: disk, TMPDIR: disk }
  const child = spawn(process.execPath, [program, JSON.stringify(job)], { cwd: disk, env, stdio: ['ignore', 'ignore', 'inherit'] })
  const ended = happens(child, 'close')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
    await rm(disk, { recursive: true, force: true })
  })
  return { kill: () => child.kill('SIGKILL'), ended, files: () => readdir(disk) }
}

describe.skipIf(!place)('Iceberg tables in a bucket', () => {
  let reader: LineProcess
  beforeAll(() => {
    reader = lineProcess(python as string, 'iceberg.py')
  })
  afterAll(async () => {
    reader.close()
    await catalog?.stop()
  })
  const counts = async (at: object, where: string | null = null) => ({
    pyiceberg: await reader.ask({ do: 'count', reader: 'pyiceberg', where, ...at }),
    duckdb: await reader.ask({ do: 'count', reader: 'duckdb', where, ...at }),
  })
  const once = (rows: number) => ({ pyiceberg: { rows, distinct: rows }, duckdb: { rows, distinct: rows } })

  test('readers see each row once, in partitions, after runs of two logs of which the second replaces the first', async () => {
    const options = await placeAt(endpoint ?? '')
    const logs = await mkdtemp(join(tmpdir(), 'tickets-iceberg-s3-'))
    const at = { path: `s3://${options.bucket}/${options.prefix}`, s3: await accessTo(options) }
    const run = (log: string, from: number, to: number, mode: 'append' | 'overwrite') =>
      pipeline({
        name: 'iceberg',
        source: memorySource({ schema: Thing, partitions: [messagesOf(things(from, to))], topic: 'rows', until: 'now', chunk: 10 }),
        log: commitLog(join(logs, log)),
        range: { rows: 10, time: 600_000 },
        maxFuture: '400 days',
        flows: (rows) => ({ rows: rows.pipe(into(icebergSink(s3(options), { catalog: fileCatalog(), partitionBy: ['place'], mode }))) }),
      }).run({ handleSignals: false })
    try {
      await run('first', 0, 40, 'append')
      await run('first', 0, 40, 'append')
      expect(await counts(at)).toEqual(once(40))
      expect(await counts(at, "place = 'a/b'")).toEqual(once(20))
      await run('second', 100, 130, 'overwrite')
      expect(await counts(at)).toEqual(once(30))
    } finally {
      await rm(logs, { recursive: true, force: true })
    }
  })

  test.skipIf(!catalog)('hosts that share a bucket and a REST catalog, one killed and replaced, write each row once', async () => {
    const options = place as S3Options
    const job = { uri: catalog?.uri ?? '', table: 'lake.things', place: options }
    const at = { uri: job.uri, name: job.table, s3: await accessTo(options) }
    const killed = await startHost({ ...job, rows: 100, until: 'never' })
    while ((await rowsIn(at)) === 0) await Promise.race([sleep(50), killed.ended.then(() => Promise.reject(new Error('the host ended before')))])
    killed.kill()
    await killed.ended
    const replacement = await startHost({ ...job, rows: 140, until: 'now' })
    expect(await replacement.ended).toEqual([0, null])
    expect(await counts(at)).toEqual(once(140))
    expect(await counts(at, "place = 'a/b'")).toEqual(once(70))
    // All of it lies in the bucket.
    for (const host of [killed, replacement]) expect(await host.files()).toEqual([])
  })

  const rowsIn = async (at: object) => ((await reader.ask({ do: 'count', ...at })) as { readonly rows: number }).rows
})
