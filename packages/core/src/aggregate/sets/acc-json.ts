import type { Json } from '../../base/json.ts'
import { readDictionary, type TextDictionary } from './text-dictionary.ts'
import { TextSet } from './text-set.ts'

/** An accumulator as it leaves an engine: JSON, or a set of texts in compact form. */
export type Acc = Json | TextSet

type JsonSet = { readonly of: number; readonly size: number; readonly gaps: string }

const isObject = (json: unknown): json is { readonly [name: string]: Json } => typeof json === 'object' && json !== null && !Array.isArray(json)

/** Writes accumulators as JSON. Sets of texts name their dictionaries, of which each stands once in `texts`. */
export class AccWriter {
  readonly #dictionaries = new Map<TextDictionary, number>()
  #isMarked = false

  /** Returns accumulators as JSON. What an aggregate keeps and looks like a set here is marked as plain. */
  write(accs: readonly Acc[]): Json[] {
    return accs.map((acc) => {
      if (acc instanceof TextSet) return { of: this.#indexOf(acc.dictionary), size: acc.size, gaps: acc.gaps } satisfies JsonSet
      if (!isObject(acc) || !('of' in acc || 'plain' in acc)) return acc
      this.#isMarked = true
      return { plain: acc }
    })
  }

  /** Returns what must stand beside the accumulators; nothing where they are JSON as it was before there were sets. */
  noted(): { readonly texts?: readonly Json[] } {
    if (!this.#isMarked && this.#dictionaries.size === 0) return {}
    return { texts: [...this.#dictionaries.keys()].map((dictionary) => dictionary.toJson()) }
  }

  #indexOf(dictionary: TextDictionary): number {
    let index = this.#dictionaries.get(dictionary)
    if (index === undefined) {
      index = this.#dictionaries.size
      this.#dictionaries.set(dictionary, index)
    }
    return index
  }
}

/** Returns a reader of accumulators that an `AccWriter` wrote with these texts beside them; without, they are plain JSON. */
export function accReader(texts: readonly Json[] | undefined): (accs: readonly Json[]) => readonly Acc[] {
  if (!texts) return (accs) => accs
  const dictionaries = texts.map(readDictionary)
  return (accs) =>
    accs.map((json) => {
      if (!isObject(json)) return json
      if ('of' in json) {
        const { of, size, gaps } = json as JsonSet
        return new TextSet(dictionaries[of] as TextDictionary, size, gaps)
      }
      return json.plain ?? json
    })
}
