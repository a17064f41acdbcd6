import type { Storage } from '@tickets/core'

/**
 * Returns what is at a path below a place: a folder, or a bucket by the JSON of its options. The client of buckets is loaded only for one.
 *
 * @example
 * (await placeIn('/tmp/out'))('log') // '/tmp/out/log'
 */
export async function placeIn(place: string): Promise<(path: string) => string | Storage> {
  if (!place.startsWith('{')) return (path) => `${place}/${path}`
  const { s3 } = await import('@tickets/s3')
  const bucket = s3(JSON.parse(place))
  return (path) => bucket.below(path)
}
