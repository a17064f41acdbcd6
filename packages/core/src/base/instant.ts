import * as z from 'zod'

/** The codec between ISO 8601 text with an offset and a `Date`. One object, so that the decoder can tell it from a user's own. */
const iso = {
  decode: (text: string) => new Date(text),
  encode: (date: Date) => date.toISOString(),
}

/**
 * Returns the zod type of an instant: ISO 8601 text with `Z` or an offset in messages, a `Date` in rows, TIMESTAMP(ms, UTC) in files.
 * Offsets are converted to UTC and digits finer than a millisecond are cut. A time without an offset is rejected.
 *
 * @example
 * instant().parse('2026-11-21T12:00:00.123456+01:00') // Date 2026-11-21T11:00:00.123Z
 */
export function instant() {
  return z.codec(z.iso.datetime({ offset: true }), z.date(), iso)
}

/** Returns whether a transform is that of `instant()`, which clones made by `.describe()` and `.meta()` keep. */
export function isInstant(transform: unknown): boolean {
  return transform === iso.decode
}
