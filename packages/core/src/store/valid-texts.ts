/** The bytes of texts that were written as UTF-8 here: by a decoder, which refuses all else, or from strings. */
const valid = new WeakSet<object>()

/** A column of texts. */
interface Texts {
  /** Their bytes. */
  readonly values: unknown
}

/** Records that the texts of a column are valid UTF-8, and returns it. */
export function noteValidTexts<D extends Texts>(data: D): D {
  valid.add(data.values as object)
  return data
}

/** Returns whether texts with these bytes are known to be valid UTF-8, so that nobody has to look at each byte again. */
export const areValidTexts = (values: object): boolean => valid.has(values)

/** Records of a copy of texts what is known of those that it was made of, and returns it. */
export const passValidTexts = <D extends Texts>(from: readonly Texts[], to: D): D =>
  from.every(({ values }) => valid.has(values as object)) ? noteValidTexts(to) : to
