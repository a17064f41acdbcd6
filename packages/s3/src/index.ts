/**
 * S3 and compatible object storage as the place for the logs and files of `@tickets/core`.
 * @packageDocumentation
 */

export type { RequestCounts, RequestKind } from './client/requests.ts'
export type { S3Options } from './storage/options.ts'
export { type S3Storage, s3 } from './storage/s3-storage.ts'
