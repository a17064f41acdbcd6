import { isTicketsError, TicketsError } from '@tickets/core'
import type { Bucket } from '../client/bucket.ts'
import { isPassing, isUnknownToStore, statusOf } from '../client/errors.ts'
import { createObject } from './create.ts'
import { keyOf, prefixOf } from './paths.ts'
import { PROBES, probePath, removeProbes } from './probes.ts'
import { removeObjects } from './remove.ts'

/** How many writes of one key are tried at the same time. */
const WRITERS = 16

/** How often: a store whose writes race lets a single one win now and then, and the first ones wait for their connections. */
const ROUNDS = 6

/** A larger content takes longer to write, so that a race shows. */
const CONTENT_BYTES = 16 << 10

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (content: Uint8Array | null) => (content ? Buffer.from(content).toString() : null)

const unsafe = (bucket: Bucket, what: string) =>
  new TicketsError(
    'STORAGE_UNSAFE',
    `the store of s3://${bucket.name} cannot hold a pipeline, since rows would be lost or doubled: ${what}. Use a store with conditional writes (docs/guides/object-storage.md), and keep the log on a local disk`,
  )

/**
 * Returns whether the store says that it has written an object. A writer that is refused does not look whose object it met, as `createObject` does: that is
 * looked at once, after all writers, since the check is made at each start and half of its requests would be those.
 */
async function isWritten(bucket: Bucket, key: string, content: Uint8Array): Promise<boolean> {
  try {
    await bucket.put(key, content, { ifAbsent: true })
    return true
  } catch (error) {
    return statusOf(error) === 412 ? false : createObject(bucket, key, content)
  }
}

/** Fails unless of several writes of one key exactly one wins, one after another and at the same time. */
async function checkFence(bucket: Bucket, keys: (what: string) => string): Promise<void> {
  const [key, first, second] = [keys('twice'), bytes('first'), bytes('second')]
  const won = [await createObject(bucket, key, first), await createObject(bucket, key, second)]
  if (!won[0] || won[1] || text(await bucket.get(key)) !== 'first')
    throw unsafe(bucket, 'it does not refuse a second PutObject with If-None-Match: * of one key')
  for (let round = 1; round <= ROUNDS; round++) {
    const contested = keys(`at-once-${round}`)
    const writers = Array.from({ length: WRITERS }, (_, i) => `writer ${i}`)
    const results = await Promise.all(writers.map((writer) => isWritten(bucket, contested, bytes(writer.padEnd(CONTENT_BYTES)))))
    const winners = writers.filter((_, i) => results[i])
    const found = text(await bucket.get(contested))?.trimEnd() ?? ''
    // No writer has won where the client repeated the winner's request and met its own object.
    if (winners.length > 1 || !writers.includes(found) || (winners[0] ?? found) !== found)
      throw unsafe(bucket, `of ${WRITERS} PutObject with If-None-Match: * of one key at the same time, ${winners.length} succeeded`)
  }
}

/** Fails unless an upload is invisible until it is completed, keeps its metadata, is listed, and can be aborted without touching others. */
async function checkUploads(bucket: Bucket, keys: (what: string) => string, root: string): Promise<void> {
  const completed = { key: keys('completed'), id: '' }
  completed.id = await bucket.createUpload(completed.key, 'probe')
  const etag = await bucket.uploadPart(completed, 1, bytes('staged'))
  const isListed = async () => (await bucket.uploads(prefixOf(root, PROBES))).some(({ id }) => id === completed.id)
  if (!(await isListed())) throw unsafe(bucket, 'it does not list an upload that is not completed, so what dies with a process would stay forever')
  if (await bucket.head(completed.key)) throw unsafe(bucket, 'it shows an upload before it is completed')
  await bucket.complete(completed, [etag])
  if ((await bucket.head(completed.key))?.staging !== 'probe' || text(await bucket.get(completed.key)) !== 'staged')
    throw unsafe(bucket, 'a completed upload is not what was uploaded, or has lost its metadata')
  if (await isListed()) throw unsafe(bucket, 'it lists an upload that is completed')
  // Of another attempt at the same file.
  const aborted = { key: completed.key, id: await bucket.createUpload(completed.key, 'another') }
  await bucket.abort(aborted)
  if ((await bucket.head(completed.key))?.staging !== 'probe') throw unsafe(bucket, 'an object is gone once another upload of its key is aborted')
}

/** Returns the error of a check that failed: `TARGET_UNUSABLE` with what to do, unless the store is refused as unsafe. */
function unusable(bucket: Bucket, error: unknown): unknown {
  if (!isTicketsError(error, 'STORAGE_FAILED')) return error
  if (isUnknownToStore(error)) return unsafe(bucket, `it lacks a request that is needed (${error.message})`)
  return new TicketsError('TARGET_UNUSABLE', `cannot use s3://${bucket.name}: ${error.message}`, { cause: error, retryable: isPassing(error) })
}

/**
 * Does with objects of its own what commits and publishing will do (docs/internals/protocol.md#10.2), and removes them, also those of checks that were
 * killed.
 *
 * @throws `STORAGE_UNSAFE` for a store without the guarantees, `TARGET_UNUSABLE` with what to do for anything else
 */
export async function checkBucket(bucket: Bucket, root: string): Promise<void> {
  const written: string[] = []
  const keys = (what: string) => {
    const key = keyOf(root, probePath(what))
    written.push(key)
    return key
  }
  try {
    await removeProbes(bucket, root)
    await checkFence(bucket, keys)
    await checkUploads(bucket, keys, root)
    await removeObjects(bucket, written.splice(0))
  } catch (error) {
    // Where this fails too, a later check removes them.
    await removeObjects(bucket, written).catch(() => {})
    throw unusable(bucket, error)
  }
}
