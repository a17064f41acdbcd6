/** The requests that a storage sends, by the names that S3 gives them. */
export const requestKinds = [
  'PutObject',
  'GetObject',
  'HeadObject',
  'ListObjectsV2',
  'DeleteObjects',
  'DeleteObject',
  'CreateMultipartUpload',
  'UploadPart',
  'CompleteMultipartUpload',
  'AbortMultipartUpload',
  'ListMultipartUploads',
] as const

/** A kind of request, by the name that S3 gives it. */
export type RequestKind = (typeof requestKinds)[number]

/** How many requests of each kind were sent, repetitions included. */
export type RequestCounts = Readonly<Record<RequestKind, number>>

/** The right that a request needs, as a policy of IAM names it. */
export const rightFor: Readonly<Record<RequestKind, string>> = {
  PutObject: 's3:PutObject',
  GetObject: 's3:GetObject',
  HeadObject: 's3:GetObject',
  ListObjectsV2: 's3:ListBucket',
  DeleteObjects: 's3:DeleteObject',
  DeleteObject: 's3:DeleteObject',
  CreateMultipartUpload: 's3:PutObject',
  UploadPart: 's3:PutObject',
  CompleteMultipartUpload: 's3:PutObject',
  AbortMultipartUpload: 's3:AbortMultipartUpload',
  ListMultipartUploads: 's3:ListBucketMultipartUploads',
}

/** Returns counts that all start at 0. */
export const noRequests = (): Record<RequestKind, number> => Object.fromEntries(requestKinds.map((kind) => [kind, 0])) as Record<RequestKind, number>
