import { TicketsError } from '@tickets/core'
import { Bucket, clientOf, type S3Client, type S3ClientConfig } from '../client/bucket.ts'
import { checkPath } from './paths.ts'

/** Settings of `s3`: where the files lie, and those of the SDK's client: `region`, `endpoint`, `credentials`, `forcePathStyle` and the others. */
export interface S3Options extends S3ClientConfig {
  /** The name of a bucket that exists. */
  readonly bucket: string
  /** A folder in it, such as `lake/support`. Default: the whole bucket. */
  readonly prefix?: string
  /** A client to use as it is, instead of the settings for one. */
  readonly client?: S3Client
}

/** Reads the options; throws `OPTION_INVALID` where they make no sense. */
export function checked({ bucket, prefix = '', client: given, ...config }: S3Options): { readonly bucket: Bucket; readonly prefix: string } {
  if (typeof bucket !== 'string' || !/^[\w.:/-]+$/.test(bucket) || /^s3:/.test(bucket) || (bucket.includes('/') && !bucket.startsWith('arn:')))
    throw new TicketsError('OPTION_INVALID', `bucket is the name of a bucket, such as 'support-lake', got ${JSON.stringify(bucket)}`)
  const both = Object.keys(config)
  if (given !== undefined && both.length > 0)
    throw new TicketsError('OPTION_INVALID', `${both.join(', ')} would change nothing beside \`client\`: set it where the client is made`)
  const client = clientOf(given, config)
  if (!client) throw new TicketsError('OPTION_INVALID', 'client is an S3Client of @aws-sdk/client-s3')
  const folder = typeof prefix === 'string' ? prefix.replace(/\/$/, '') : prefix
  return { bucket: new Bucket(bucket, client), prefix: folder === '' ? '' : checkPath(folder, 'prefix') }
}
