import { S3Client } from '@aws-sdk/client-s3'
import { type S3Storage, s3 } from '@tickets/s3'
import { clientOptions } from '../s3/client-options.ts'
import type { BucketConfig, PointName } from './config.ts'
import { isTableCommit } from './places.ts'
import type { Trigger } from './trigger.ts'

/** The points before and after a request. */
type Around = readonly [before: PointName | null, after: PointName | null]

const uploads: Readonly<Record<string, Around>> = {
  CreateMultipartUploadCommand: [null, 'upload-begun'],
  UploadPartCommand: [null, 'part-sent'],
  CompleteMultipartUploadCommand: ['before-complete', 'after-complete'],
  AbortMultipartUploadCommand: ['before-abort', null],
}

/** Which points stand around a request, and the task that it is for: `log/<id>/<task>/<n>.json`, `out/<flow>/part-…`, `out/<flow>/_delta_log/<n>.json`, `out/<flow>/metadata/v<n>.metadata.json`. */
function pointsOf(command: string, key: string): { readonly around: Around; readonly task: string } | null {
  const part = /(?:^|\/)part-[^-/]+-(.+)-\d+-\d+\.\w+$/.exec(key)
  const record = /^log\/[^/]+\/([^/]+)\/\d{20}\.json$/.exec(key)
  const around = part ? uploads[command] : undefined
  if (around) return { around, task: part?.[1] ?? '' }
  if (command !== 'PutObjectCommand') return null
  if (record) return { around: ['before-create', 'after-create'], task: record[1] ?? '' }
  return isTableCommit(key) ? { around: ['before-table', 'after-table'], task: '' } : null
}

/** The bucket of a worker: the real one, with points to die at around its requests. */
export function crashingBucket({ endpoint, bucket, maxAttempts = 5 }: BucketConfig, trigger: Trigger): S3Storage {
  const client = new S3Client({ requestHandler: { connectionTimeout: 10_000, socketTimeout: 30_000 }, ...clientOptions(endpoint), maxAttempts })
  client.middlewareStack.add(
    (next, context) => async (sent) => {
      const found = pointsOf(context.commandName ?? '', (sent.input as { readonly Key?: string }).Key ?? '')
      if (found?.around[0]) await trigger.pass(found.around[0], found.task)
      const answer = await next(sent)
      if (found?.around[1]) await trigger.pass(found.around[1], found.task)
      return answer
    },
    { step: 'initialize' },
  )
  return s3({ bucket, client })
}
