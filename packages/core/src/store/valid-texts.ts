/** The bytes of texts that a decoder of ours wrote, which refuses what is no UTF-8. */
const valid = new WeakSet<object>()

/** A column, with those inside of it. */
interface Column {
  /** Of texts their bytes. */
  readonly values: unknown
  readonly children: readonly Column[]
}

/** Records that all texts of a column, and of those inside of it, are valid UTF-8. */
export function noteValidTexts({ values, children }: Column): void {
  if (typeof values === 'object' && values !== null) valid.add(values)
  for (const child of children) noteValidTexts(child)
}

/** Returns whether texts with these bytes are known to be valid UTF-8, so that nobody has to look at each byte again. */
export const areValidTexts = (values: object): boolean => valid.has(values)

/** Records of a copy of texts what is known of those that it was made of, and returns it. */
export function passValidTexts<D extends Column>(from: readonly Column[], to: D): D {
  if (from.every(({ values }) => valid.has(values as object))) noteValidTexts(to)
  return to
}
