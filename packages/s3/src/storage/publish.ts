import { crc32 } from 'node:zlib'
import { type HiddenFile, type HiddenFiles, TicketsError } from '@tickets/core'
import type { Bucket } from '../client/bucket.ts'
import { isPassing, nameOf, statusOf } from '../client/errors.ts'
import { attempts } from './attempts.ts'
import { pause } from './create.ts'
import { keyOf } from './paths.ts'
import { metadataOf } from './stage.ts'
import { uploadOf } from './uploads.ts'

/** How often a file is tried, beside what the client itself repeats. */
const TRIES = 6

/** How often a key is looked at whose upload is gone: another process may be completing it at this moment. */
const LOOKS = 4

/** How many files are published at the same time. */
const AT_ONCE = 8

/** How a store says that the parts which it has are not those that were sent. */
const damaged = ['InvalidPart', 'InvalidPartOrder', 'EntityTooSmall', 'BadDigest']

/** One file that is to be published. */
interface Publication {
  readonly bucket: Bucket
  readonly key: string
  readonly staging: string
  readonly file: HiddenFile
}

/**
 * Returns whether the object of a key is the file of the record; false where there is none. The metadata tells, since ETags depend on how an object was
 * written; the content tells where a copy has lost its metadata.
 *
 * @throws `SINK_FAILED` where it is another one, `STAGED_LOST` where the upload is gone too
 */
async function isPublished(one: Publication): Promise<boolean> {
  const { bucket, key, staging, file } = one
  const found = await bucket.head(key)
  if (!found) return false
  if (found.size === file.bytes) {
    if (found.staging === metadataOf(staging)) return true
    const content = file.crc32 === undefined ? null : await bucket.get(key)
    if (content && crc32(content) === file.crc32) return true
  }
  const { id } = uploadOf(file)
  const what = `s3://${bucket.name}/${key} is not the file that was staged for that key`
  if (!(await isListed(one))) throw lost(one, `${what}, and its upload ${id} is gone`)
  throw new TicketsError('SINK_FAILED', `${what}: move it away and start again; the staged rows are safe in the upload ${id}`)
}

/** Returns the error for rows that are neither in an upload nor in an object. */
const lost = ({ file }: Publication, what: string, cause?: unknown) =>
  new TicketsError(
    'STAGED_LOST',
    `${file.name} is recorded as written, but ${what}: a lifecycle rule or a person has removed it. Restore the object from a backup or an older version, or start over (delete the log, mode: 'overwrite')`,
    { cause },
  )

/** Returns whether an upload is there and not completed. */
async function isListed({ bucket, key, file }: Publication): Promise<boolean> {
  const { id } = uploadOf(file)
  return (await bucket.uploads(key)).some((upload) => upload.id === id)
}

/** Returns whether an upload is not there any more. Some stores have no name for that and answer as if they failed themselves. */
async function isGone(one: Publication, error: unknown): Promise<boolean> {
  if (nameOf(error) === 'NoSuchUpload') return true
  return statusOf(error) >= 500 && !(await isListed(one))
}

async function publishOne(one: Publication): Promise<void> {
  const { bucket, key, file } = one
  const { id, etags } = uploadOf(file)
  for (let failures = 1; ; failures++) {
    // Before it is completed, which would replace whatever object the key has.
    if (await isPublished(one)) return
    try {
      return await bucket.complete({ key, id }, etags)
    } catch (error) {
      if (await isGone(one, error)) {
        if (failures < LOOKS) {
          await pause(failures)
          continue
        }
        throw lost(one, `s3://${bucket.name} has neither its object ${key} nor its upload ${id}`, error)
      }
      if (damaged.includes(nameOf(error))) {
        // Another process may be completing it at this moment, and have taken the parts.
        await pause(failures)
        if (await isPublished(one)) return
        throw new TicketsError(
          'STAGED_DAMAGED',
          `the parts of the upload ${id} of s3://${bucket.name}/${key} are not those that were recorded. It is not published. Start over: stop every process of the pipeline, delete the log, and run with mode: 'overwrite'`,
          { cause: error },
        )
      }
      if ((!isPassing(error) && statusOf(error) !== 409) || failures >= TRIES) throw error
      await pause(failures)
    }
  }
}

/**
 * Publishes a range: completes its uploads, so that its files have their names (docs/internals/protocol.md#10.3). Repeating it changes nothing, also in two
 * processes at the same time: each object tells of which attempt it is.
 */
export async function publishObjects(bucket: Bucket, prefix: string, hidden: HiddenFiles): Promise<void> {
  const { staging, files } = hidden
  for (let from = 0; from < files.length; from += AT_ONCE) {
    const some = files.slice(from, from + AT_ONCE).map((file) => publishOne({ bucket, key: keyOf(prefix, file.name), staging, file }))
    // All are waited for, so that nothing is under way any more when the first error is thrown.
    for (const one of await Promise.allSettled(some)) if (one.status === 'rejected') throw one.reason
  }
  for (const file of files) attempts.ended(uploadOf(file).id)
  attempts.published(`${bucket.name}/${prefix}`, hidden)
}
