import type { Bucket } from '../client/bucket.ts'
import { prefixOf } from './paths.ts'
import { removeObjects } from './remove.ts'

/** The folder of the objects that the preflight check writes. */
export const PROBES = '.tickets-probe'

/** A check is over by then, in milliseconds. */
const LONGEST_MS = 15 * 60_000

/** Returns the path of a new probe, below the root of a storage. Its name has the time, which an upload that is listed does not have everywhere. */
export const probePath = (what: string): string => `${PROBES}/${Date.now()}-${globalThis.crypto.randomUUID()}-${what}`

/** Removes the probes that checks have left which were killed. */
export async function removeProbes(bucket: Bucket, root: string): Promise<void> {
  const start = prefixOf(root, PROBES)
  const isOld = (key: string) => Number(/^(\d+)-/.exec(key.slice(start.length))?.[1] ?? Number.NaN) < Date.now() - LONGEST_MS
  for await (const { objects } of bucket.list(start)) await removeObjects(bucket, [...objects.keys()].filter(isOld))
  for (const upload of await bucket.uploads(start)) if (isOld(upload.key)) await bucket.abort(upload)
}
