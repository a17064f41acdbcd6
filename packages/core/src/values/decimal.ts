import * as z from 'zod'
import { TicketsError } from '../base/errors.ts'
import { decimalText } from './decimal-text.ts'

/** The most digits of a DECIMAL of 128 bits. */
export const MAX_PRECISION = 38

/** Digits of a decimal, and how many of them stand behind the point. */
export interface DecimalType {
  readonly precision: number
  readonly scale: number
}

const types = new WeakMap<object, DecimalType>()

/**
 * Returns the zod type of an exact number: text or a number in messages, text with `scale` digits behind the point in rows, DECIMAL in files and databases.
 * A number is read from its JSON text, so it never passes through floating point. A value with more digits is rejected, never rounded.
 *
 * @param precision all digits, 1 to 38
 * @param scale the digits behind the point, 0 to `precision`
 * @throws `OPTION_INVALID`
 * @example
 * decimal(10, 2).parse('12.5') // '12.50'
 */
export function decimal(precision: number, scale: number) {
  if (!(Number.isInteger(precision) && precision >= 1 && precision <= MAX_PRECISION))
    throw new TicketsError('OPTION_INVALID', `the precision of a decimal is 1 to ${MAX_PRECISION}, got ${precision}`)
  if (!(Number.isInteger(scale) && scale >= 0 && scale <= precision))
    throw new TicketsError('OPTION_INVALID', `the scale of a decimal is 0 to its precision, ${precision}, got ${scale}`)
  const decode = (value: string | number, context: { value: unknown; issues: unknown[] }): string => {
    const text = decimalText(String(value), precision, scale)
    if (text !== null) return text
    const message = `Invalid decimal: expected a number of at most ${precision - scale} digits before and ${scale} behind the point`
    context.issues.push({ code: 'custom', message, input: value })
    return z.NEVER
  }
  types.set(decode, { precision, scale })
  return z.codec(z.union([z.string(), z.number()]), z.string(), { decode, encode: (text) => text })
}

/** Returns the digits of `decimal()` where a transform is of one. */
export const decimalType = (transform: unknown): DecimalType | undefined => (typeof transform === 'function' ? types.get(transform) : undefined)
