import { TicketsError } from '@tickets/core'

/** Keys have at most so many bytes. */
const LONGEST_KEY = 1024

// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is refused
const NAME = /^(?!\.{1,2}$)[^/\\\u0000-\u001f\u007f]+$/

const refuse = (what: string, path: string) =>
  new TicketsError('OPTION_INVALID', `${what} is made of names with / between them, without empty ones, "." and "..", got ${JSON.stringify(path)}`)

/** Returns a path as it is; throws `OPTION_INVALID` for one that would lead somewhere else, or that tools show as another. */
export function checkPath(path: string, what = 'a path in a bucket'): string {
  if (typeof path === 'string' && path.split('/').every((name) => NAME.test(name))) return path
  throw refuse(what, path)
}

/** Returns the key of a path below a prefix, which may be empty. */
export function keyOf(prefix: string, path: string): string {
  const key = prefix === '' ? checkPath(path) : `${prefix}/${checkPath(path)}`
  const size = Buffer.byteLength(key)
  if (size <= LONGEST_KEY) return key
  throw new TicketsError(
    'SINK_FAILED',
    `${key.slice(0, 100)}… would be a key of ${size} bytes, ${LONGEST_KEY} at most: cut the values of its partitions with mapRows, or choose a shorter prefix, and run again`,
  )
}

/** Returns what the keys in a folder begin with; an empty folder is the place itself. */
export function prefixOf(prefix: string, folder = ''): string {
  const path = [prefix, folder === '' ? '' : checkPath(folder)].filter((part) => part !== '').join('/')
  return path === '' ? '' : `${path}/`
}
