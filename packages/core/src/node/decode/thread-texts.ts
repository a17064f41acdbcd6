import type { Field } from '../../store/field.ts'
import { type GivenCodes, GivenTexts } from '../../store/given-codes.ts'
import type { NumberedTexts } from './messages.ts'

/** The texts of the columns of one plan that a thread has numbered, as this thread knows them. */
export class ThreadTexts {
  /** By the number of the field; null where it is no text. */
  readonly #columns: readonly (null | { readonly request: GivenCodes['request']; texts: GivenTexts })[]

  constructor(fields: readonly Field[]) {
    this.#columns = fields.map(({ kind }) => (kind === 'string' ? { request: { isWanted: false }, texts: new GivenTexts() } : null))
  }

  /** The numbers of the fields whose texts should be numbered. */
  get wanted(): number[] {
    return this.#columns.flatMap((column, f) => (column?.request.isWanted ? [f] : []))
  }

  /** Takes what the thread says of a piece, in the order of its answers, and returns it by the number of the field; null where it is no text. */
  take(all: readonly NumberedTexts[]): (GivenCodes | null)[] {
    return this.#columns.map((column, f) => {
      if (!column) return null
      const numbered = all.find((one) => one.column === f)
      if (!numbered) return { request: column.request, numbered: null }
      const { first, numbers, ends, bytes } = numbered
      // The numbers begin anew, and batches that have the old ones keep their texts.
      if (first === 0) column.texts = new GivenTexts()
      column.texts.append(ends, bytes)
      return { request: column.request, numbered: { texts: column.texts, numbers } }
    })
  }
}
