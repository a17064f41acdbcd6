import { hash } from 'node:crypto'
import { isTicketsError, TicketsError } from '../../base/errors.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** One digit, so that the text of a record begins at the same byte in every format. */
type Format = 1 | 2

const openingOf = (format: Format) => `{"format":${format},"sha256":"`
const BETWEEN = '","record":'
const CLOSING = '}\n'
const HASH = 64
const START = openingOf(1).length + HASH + BETWEEN.length

const sha256 = (bytes: Uint8Array) => hash('sha256', bytes, 'hex')

const anyFormat = /^\{"format":(\d+),/

/**
 * Returns a value as the bytes of a JSON file that contains the checksum of its own text, in parts: a record can be a hundred megabytes, and is not copied.
 *
 * @param format a release refuses files of a format that it does not know: raise it where an older release must not continue
 */
export function withChecksum(value: unknown, format: Format = 1): readonly Uint8Array[] {
  const record = encoder.encode(JSON.stringify(value))
  return [encoder.encode(`${openingOf(format)}${sha256(record)}${BETWEEN}`), record, encoder.encode(CLOSING)]
}

/**
 * Returns the value in a file that `withChecksum` made.
 *
 * @param file its path, for the message
 * @param remedy what to do when it is damaged
 * @param newest the newest format that is read
 * @throws `LOG_DAMAGED` if the file is torn or was changed, `LOG_UNUSABLE` if a newer release wrote it
 */
export function verifyChecksum(bytes: Uint8Array, file: string, remedy: string, newest: Format = 1): unknown {
  const damaged = (cause?: unknown) =>
    new TicketsError('LOG_DAMAGED', `${file} is damaged: its content (${bytes.length} bytes) does not match its checksum. ${remedy}`, { cause })
  try {
    const head = decoder.decode(bytes.subarray(0, START))
    const format = Number(anyFormat.exec(head)?.[1] ?? 1)
    if (format > newest) {
      throw new TicketsError(
        'LOG_UNUSABLE',
        `${file} is of format ${format}, this release reads up to ${newest}: run the release that wrote it, or a newer one`,
      )
    }
    const text = bytes.subarray(START, bytes.length - CLOSING.length)
    const tail = decoder.decode(bytes.subarray(bytes.length - CLOSING.length))
    if (head === `${openingOf(format as Format)}${sha256(text)}${BETWEEN}` && tail === CLOSING) return JSON.parse(decoder.decode(text))
  } catch (error) {
    throw isTicketsError(error) ? error : damaged(error)
  }
  throw damaged()
}

/** Returns the format that a file of `withChecksum` names; 0 for other bytes. */
export function formatOf(bytes: Uint8Array): number {
  return Number(anyFormat.exec(Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(START, bytes.length)).toString('latin1'))?.[1] ?? 0)
}

/** Returns bytes with their checksum in front. */
export function prependChecksum(bytes: Uint8Array): readonly Uint8Array[] {
  return [encoder.encode(`${sha256(bytes)}\n`), bytes]
}

/** Returns the bytes without the checksum of `prependChecksum`, or null if they do not match it. */
export function stripChecksum(file: Uint8Array): Uint8Array | null {
  const bytes = file.subarray(HASH + 1)
  const opening = encoder.encode(`${sha256(bytes)}\n`)
  return file.length > HASH && opening.every((byte, i) => file[i] === byte) ? bytes : null
}
