import * as z from 'zod'

/** The codec between ISO 8601 text with an offset and a `Date`. One object, so that the decoder can tell it from a user's own. */
const iso = {
  decode: (text: string) => new Date(text),
  encode: (date: Date) => date.toISOString(),
}

/**
 * A column that holds an instant: ISO 8601 text with `Z` or an offset in messages, a `Date` in rows, TIMESTAMP(ms, UTC) in files.
 * Offsets are normalised, digits finer than a millisecond cut; a time without an offset is refused.
 *
 * @example
 * instant().parse('2026-11-21T12:00:00.123456+01:00') // Date 2026-11-21T11:00:00.123Z
 */
export function instant() {
  return z.codec(z.iso.datetime({ offset: true }), z.date(), iso)
}

/** Whether a pipe's transform is the one of `instant()`: clones made by `.describe()` or `.meta()` carry it along. */
export function isInstant(transform: unknown): boolean {
  return transform === iso.decode
}
