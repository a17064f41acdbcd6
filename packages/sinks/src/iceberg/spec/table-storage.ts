import type { Storage } from '@tickets/core'

/** What an Iceberg table needs of the place where its files lie. */
export type TableStorage = Pick<Storage, 'location' | 'read' | 'create' | 'replace' | 'names' | 'remove' | 'removeLeftovers'>

/** Returns the address of a place as metadata has it. */
export const addressOf = (location: string): string => (location.startsWith('/') ? `file://${location}` : location)

/** Returns an address in the form in which two of one place are the same text. */
const plain = (address: string): string =>
  address
    .replace(/^s3[an]:/, 's3:')
    .replace(/^file:\/*/, '/')
    .replace(/\/+$/, '')

/** Returns whether two addresses mean one place. */
export const isSamePlace = (a: string, b: string): boolean => plain(a) === plain(b)

/** Returns the path of a file below a place; null where it lies elsewhere. */
export function pathBelow(address: string, location: string): string | null {
  const [file, place] = [plain(address), plain(location)]
  return file.startsWith(`${place}/`) ? file.slice(place.length + 1) : null
}
