import * as z from 'zod'
import { TicketsError } from '../base/errors.ts'
import { type EpochUnit, epochMillis } from './epoch.ts'

/** The codec between ISO 8601 text with an offset and a `Date`. One object, so that the decoder can tell it from a user's own. */
const iso = {
  decode: (text: string) => new Date(text),
  encode: (date: Date) => date.toISOString(),
}

/** Codecs between epoch time and a `Date`. Digits finer than a millisecond are cut; those of seconds are rounded to microseconds before, since a double has no exact 0.001. */
const epochs = {
  s: { decode: (n: number) => new Date(epochMillis.s(n)), encode: (date: Date) => date.getTime() / 1000 },
  ms: { decode: (n: number) => new Date(epochMillis.ms(n)), encode: (date: Date) => date.getTime() },
  us: { decode: (n: number) => new Date(epochMillis.us(n)), encode: (date: Date) => date.getTime() * 1000 },
} as const

const isoInstant = () => z.codec(z.iso.datetime({ offset: true }), z.date(), iso)
const epochInstant = (unit: EpochUnit) => {
  if (!Object.hasOwn(epochs, unit)) throw new TicketsError('OPTION_INVALID', `epoch is 's', 'ms' or 'us', got ${JSON.stringify(unit)}`)
  return z.codec(z.number(), z.date(), epochs[unit])
}

/**
 * Returns the zod type of an instant: ISO 8601 text with `Z` or an offset in messages, a `Date` in rows, TIMESTAMP(ms, UTC) in files.
 * Offsets are converted to UTC and digits finer than a millisecond are cut. A time without an offset is rejected.
 * With `epoch` messages hold a number instead: seconds, milliseconds or microseconds since 1970.
 *
 * @throws `OPTION_INVALID` for another unit
 * @example
 * instant().parse('2026-11-21T12:00:00.123456+01:00') // Date 2026-11-21T11:00:00.123Z
 * instant({ epoch: 's' }).parse(1700000000) // Date 2023-11-14T22:13:20.000Z
 */
export function instant(): ReturnType<typeof isoInstant>
export function instant(options: { readonly epoch: EpochUnit }): ReturnType<typeof epochInstant>
export function instant(options?: { readonly epoch: EpochUnit }): ReturnType<typeof isoInstant> | ReturnType<typeof epochInstant> {
  return options ? epochInstant(options.epoch) : isoInstant()
}

/** Returns whether a transform is that of `instant()`, which clones made by `.describe()` and `.meta()` keep. */
export function isInstant(transform: unknown): boolean {
  return transform === iso.decode
}

/** Returns the unit of an `instant({ epoch })` by its transform; null for any other. */
export function epochUnit(transform: unknown): EpochUnit | null {
  return (['s', 'ms', 'us'] as const).find((unit) => epochs[unit].decode === transform) ?? null
}
