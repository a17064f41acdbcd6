import { TicketsError } from './errors.ts'

/** A number of bytes, or text such as `'512 MB'`, `'1 GB'`, `'64 KiB'`. */
export type ByteSize = number | string

const units: Record<string, number> = { b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30, tib: 2 ** 40 }

/**
 * Returns a size in whole bytes, greater than 0.
 *
 * @param what the option's name, for the message
 * @throws `OPTION_INVALID` with the value, for anything that is no such size
 * @example
 * byteSize('1 GB', 'stateLimit') // 1000000000
 */
export function byteSize(value: ByteSize, what: string): number {
  const [, count, unit] = (typeof value === 'string' ? /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/i.exec(value) : null) ?? []
  const bytes = typeof value === 'number' ? value : Math.round(Number(count) * (units[unit?.toLowerCase() ?? ''] ?? Number.NaN))
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes
  throw new TicketsError(
    'OPTION_INVALID',
    `${what} is a size such as '512 MB', '1 GB' or a number of bytes from 1, got ${typeof value === 'string' ? JSON.stringify(value) : String(value)}`,
  )
}

/** Returns bytes in words with three digits, such as `1.02 GB`. */
export function sizeInWords(bytes: number): string {
  const [size, unit] = (
    [
      [1e9, 'GB'],
      [1e6, 'MB'],
      [1e3, 'kB'],
    ] as const
  ).find(([least]) => bytes >= least) ?? [1, 'bytes']
  return `${Number((bytes / size).toPrecision(3))} ${unit}`
}
