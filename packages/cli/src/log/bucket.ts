import { type Storage, TicketsError } from '@tickets/core'
import { loadPackage } from '../config/load-package.ts'

const ADDRESS = /^s3:\/\/([^/]+)\/*(.*?)\/*$/

/** Returns whether a text is the address of something in a bucket. */
export const isBucketAddress = (text: string): boolean => /^s3:/i.test(text)

/**
 * Opens `s3://bucket/prefix`. Region, endpoint and credentials come from the environment, as the AWS tools read them; `AWS_ENDPOINT_URL` names a store that is
 * compatible.
 *
 * @throws `OPTION_INVALID` for another address, and where @tickets/s3 is not installed
 */
export async function bucketAt(address: string, load: () => Promise<typeof import('@tickets/s3')> = () => import('@tickets/s3')): Promise<Storage> {
  const [, bucket = '', prefix = ''] = ADDRESS.exec(address) ?? []
  if (bucket === '') throw new TicketsError('OPTION_INVALID', `"${address}" is no address of a bucket: write s3://<bucket>/<prefix>`)
  const { s3 } = await loadPackage('@tickets/s3', load, { needs: address, install: '@tickets/s3 @aws-sdk/client-s3' })
  // Stores beside AWS are reached by the path: their buckets have no host names.
  const forcePathStyle = process.env.AWS_ENDPOINT_URL !== undefined || process.env.AWS_ENDPOINT_URL_S3 !== undefined
  return s3({ bucket, ...(prefix === '' ? {} : { prefix }), ...(forcePathStyle ? { forcePathStyle } : {}) })
}
