import { randomUUID } from 'node:crypto'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import type { S3Options } from '@tickets/s3'
import { clientOptions } from './client-options.ts'

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
