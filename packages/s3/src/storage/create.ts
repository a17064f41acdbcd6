import { backoff, jittered, systemClock } from '@tickets/core/internal'
import type { Bucket } from '../client/bucket.ts'
import { isPassing, statusOf } from '../client/errors.ts'

/** How often one object is tried. With the pauses between them that takes about half a minute, beside what the client itself repeats. */
const TRIES = 8

const sameBytes = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0

/** Resolves after the pause that follows so many failures. */
export const pause = (failures: number): Promise<void> => systemClock.sleep(jittered(backoff(failures)))

/** Returns whether a write may have happened although it was not confirmed: the answer was lost, or another write came between. */
const isUncertain = (error: unknown) => [409, 412].includes(statusOf(error)) || isPassing(error)

/**
 * Creates an object, unless its key has one; returns whether the object there is ours (docs/internals/protocol.md#10.1). A client that repeats a request
 * whose answer was lost is refused by its own object, so the content decides, not the status.
 *
 * @throws `STORAGE_FAILED` where the store answers nothing certain; the object may be there all the same
 */
export async function createObject(bucket: Bucket, key: string, content: Uint8Array): Promise<boolean> {
  for (let failures = 1; ; failures++) {
    try {
      await bucket.put(key, content, { ifAbsent: true })
      return true
    } catch (error) {
      if (!isUncertain(error)) throw error
      const found = await bucket.get(key)
      if (found) return sameBytes(found, content)
      if (failures === TRIES) throw error
      await pause(failures)
    }
  }
}
