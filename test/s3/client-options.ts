import type { S3Options } from '@tickets/s3'

/** How tests speak to a store, with timeouts that are short beside those of a test. */
export const clientOptions = (endpoint: string): Partial<S3Options> => ({
  endpoint,
  region: process.env.AWS_REGION ?? 'us-east-1',
  forcePathStyle: true,
  ...(!process.env.S3_ENDPOINT && { credentials: { accessKeyId: 'testtest', secretAccessKey: 'testtest' } }),
})
