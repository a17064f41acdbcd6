import type { Data } from 'apache-arrow'

/** The bytes of texts that were written as UTF-8 here: by a decoder, which refuses all else, or from strings. */
const valid = new WeakSet<object>()

/** Notes that the texts of a column are valid UTF-8, and returns it. */
export function noteValidTexts<D extends Data>(data: D): D {
  valid.add(data.values)
  return data
}

/** Returns whether texts with these bytes are known to be valid UTF-8, so that nobody has to look at each byte again. */
export const areValidTexts = (values: object): boolean => valid.has(values)

/** Notes of a copy of texts what is known of those that it was made of, and returns it. */
export const passValidTexts = (from: readonly Data[], to: Data): Data => (from.every(({ values }) => valid.has(values)) ? noteValidTexts(to) : to)
