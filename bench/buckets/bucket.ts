import { mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DeleteObjectsCommand, GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3'
import { placeAt } from '../../test/s3/places.ts'
import { startProxy } from '../../test/s3/proxy.ts'
import { startStore } from '../../test/s3/start.ts'
import type { Visible } from '../latency/visible.ts'

/** How long a watcher waits between two looks, in milliseconds. */
const LOOK_MS = 20

/** A bucket in a store of its own, a process beside those that are measured. */
export interface BenchBucket {
  /** The store, as a page names it. */
  readonly store: string
  /** Returns a place in the bucket as the jobs take it: JSON. */
  place(prefix: string): string
  /** Moves the objects below a prefix to a folder. */
  take(prefix: string, folder: string): Promise<void>
  /** Lists a prefix again and again. Objects of the first moment count from then. */
  watch(prefix: string): Visible
  stop(): Promise<void>
}

const stores = { env: 'the store at S3_ENDPOINT', container: 'MinIO', moto: 'moto behind a proxy that keeps connections', s3mock: 's3mock' }

/** Starts a store with an empty bucket. */
export async function startBucket(): Promise<BenchBucket> {
  const store = await startStore('fenced')
  // Moto ends each connection, which costs a client more than the request itself. Stores keep them.
  const proxy = store.how === 'moto' ? await startProxy(store.endpoint) : null
  const { bucket, prefix: root, ...config } = await placeAt(store.endpoint, proxy?.endpoint)
  const client = new S3Client(config)
  const keysIn = async (prefix: string) => {
    const keys: string[] = []
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: `${root}/${prefix}` }))
      keys.push(...Contents.flatMap(({ Key }) => Key ?? []))
    return keys
  }
  return {
    store: stores[store.how],
    place: (prefix) => JSON.stringify({ ...config, bucket, prefix: `${root}/${prefix}` }),
    async take(prefix, folder) {
      const keys = await keysIn(prefix)
      for (const Key of keys) {
        const path = join(folder, Key.slice(`${root}/${prefix}`.length))
        await mkdir(dirname(path), { recursive: true })
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }))
        await writeFile(path, (await Body?.transformToByteArray()) ?? new Uint8Array())
      }
      for (let from = 0; from < keys.length; from += 1000) {
        const Objects = keys.slice(from, from + 1000).map((Key) => ({ Key }))
        await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }))
      }
    },
    watch(prefix) {
      const since = new Map<string, number>()
      const stopped = new AbortController()
      const look = async () => {
        while (!stopped.signal.aborted) {
          const names = (await keysIn(prefix)).map((key) => basename(key)).filter((name) => name.endsWith('.parquet'))
          const now = Date.now()
          for (const name of names) if (!since.has(name)) since.set(name, now)
          await sleep(LOOK_MS)
        }
      }
      // A look that is under way at the end may find the store gone.
      look().catch((error: unknown) => {
        if (!stopped.signal.aborted) throw error
      })
      return { since, stop: () => stopped.abort() }
    },
    async stop() {
      client.destroy()
      await proxy?.stop()
      await store.stop()
    },
  }
}
