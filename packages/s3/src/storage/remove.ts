import type { Bucket } from '../client/bucket.ts'
import { isUnknownToStore } from '../client/errors.ts'

/** One request deletes no more objects. */
const BATCH = 1000

/** Removes objects; those that are gone are no error. One by one where a store has no request for many. */
export async function removeObjects(bucket: Bucket, keys: readonly string[]): Promise<void> {
  if (keys.length === 1 && keys[0] !== undefined) return bucket.deleteOne(keys[0])
  for (let from = 0; from < keys.length; from += BATCH) {
    const some = keys.slice(from, from + BATCH)
    try {
      await bucket.deleteMany(some)
    } catch (error) {
      if (!isUnknownToStore(error)) throw error
      for (const key of some) await bucket.deleteOne(key)
    }
  }
}
