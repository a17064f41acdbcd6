import { randomUUID } from 'node:crypto'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { type S3Options, type S3Storage, s3 } from '@tickets/s3'
import { inject } from 'vitest'
import { clientOptions } from './client-options.ts'
import type {} from './global-setup.ts'
import type { StoreKind } from './start.ts'

/**
 * The endpoint of the run's one store of a kind, or null where none can be had: then it says what is left out, and with `CI=true` it rejects.
 *
 * @example
 * const endpoint = await sharedStore('fenced', 'buckets'); describe.skipIf(!endpoint)('…', () => {})
 */
export async function sharedStore(kind: StoreKind, what: string): Promise<string | null> {
  const answer = await fetch(`${inject('storeLender')}/${kind}`, { signal: AbortSignal.timeout(300_000) })
  if (!answer.ok) throw new Error(await answer.text())
  const lent = (await answer.json()) as { endpoint: string } | { reason: string }
  if ('endpoint' in lent) return lent.endpoint
  if (process.env.CI === 'true') throw new Error(lent.reason)
  console.warn(`Left out: the tests of ${what}. ${lent.reason}`)
  return null
}

const made = new Map<string, Promise<string>>()

/** The name of a bucket at an endpoint, made once in this process: the one of `S3_BUCKET`, else a new one. */
function bucketAt(endpoint: string): Promise<string> {
  const make = async () => {
    if (process.env.S3_BUCKET) return process.env.S3_BUCKET
    const Bucket = `tickets-${randomUUID().slice(0, 8)}`
    const client = new S3Client(clientOptions(endpoint))
    await client.send(new CreateBucketCommand({ Bucket }))
    client.destroy()
    return Bucket
  }
  const bucket = made.get(endpoint) ?? make()
  made.set(endpoint, bucket)
  return bucket
}

/** Options for a place of its own in a bucket of a store; through a proxy where `via` is its endpoint. */
export async function placeAt(endpoint: string, via = endpoint): Promise<S3Options> {
  return { ...clientOptions(via), bucket: await bucketAt(endpoint), prefix: `test-${randomUUID().slice(0, 8)}` }
}

/** How clients of other languages reach a store: region and credentials as variables of the environment. */
export async function environmentOf({ bucket: _, prefix: __, ...config }: S3Options): Promise<Readonly<Record<string, string>>> {
  const client = new S3Client(config)
  const { accessKeyId, secretAccessKey, sessionToken } = await client.config.credentials()
  const region = await client.config.region()
  client.destroy()
  const env = { AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }
  return { ...env, ...(sessionToken ? { AWS_SESSION_TOKEN: sessionToken } : {}) }
}

/** An empty storage of its own in a store. */
export const storageIn = async (endpoint: string): Promise<S3Storage> => s3(await placeAt(endpoint))
