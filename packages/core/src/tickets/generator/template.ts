import { TicketsError } from '../../base/errors.ts'
import type { IndexedRandom } from './random.ts'
import { words } from './words.ts'

/** A part of a text: itself, one of several words, or a number of so many digits. */
type Part = Uint8Array | readonly Uint8Array[] | number

/** A text taken apart once, as UTF-8, so that writing one copies bytes and encodes nothing. */
export interface Template {
  readonly parts: readonly Part[]
  /** The most bytes it can take. */
  readonly longest: number
}

const encoder = new TextEncoder()
const encodedWords = new Map(Object.entries(words).map(([name, all]) => [name, all.map((word) => encoder.encode(word))]))

function part(text: string): Part {
  const slot = /^\{(.+)\}$/.exec(text)?.[1]
  if (slot === undefined) return encoder.encode(text)
  if (/^#+$/.test(slot)) return slot.length
  const found = encodedWords.get(slot)
  if (!found) throw new TicketsError('OPTION_INVALID', `the text has no words for {${slot}}: add them to words.ts`)
  return found
}

const sizeOf = (p: Part): number => (typeof p === 'number' ? p : p instanceof Uint8Array ? p.length : Math.max(...p.map((word) => word.length)))

/** Takes a text apart; a `{slot}` is a list of words or a run of digits. */
export function template(text: string): Template {
  const parts = text
    .split(/(\{[^}]+\})/)
    .filter((piece) => piece !== '')
    .map(part)
  return { parts, longest: parts.reduce<number>((sum, p) => sum + sizeOf(p), 0) }
}

function copy(word: Uint8Array, to: Uint8Array, at: number): number {
  // A call to `set` costs more than copying a few bytes.
  if (word.length > 24) to.set(word, at)
  else for (let i = 0; i < word.length; i++) to[at + i] = word[i] as number
  return at + word.length
}

/** Writes a text with words and digits drawn from `random`; returns the position after it. `to` must have room for `longest`. */
export function write({ parts }: Template, random: IndexedRandom, to: Uint8Array, from: number): number {
  let at = from
  for (const p of parts) {
    if (typeof p === 'number') at = writeDigits(random, p, to, at)
    else if (p instanceof Uint8Array) at = copy(p, to, at)
    else at = copy(p[random.below(p.length)] as Uint8Array, to, at)
  }
  return at
}

function writeDigits(random: IndexedRandom, digits: number, to: Uint8Array, at: number): number {
  const least = 10 ** (digits - 1)
  let rest = least + random.below(9 * least)
  for (let i = digits - 1; i >= 0; i--) {
    to[at + i] = 48 + (rest % 10)
    rest = Math.floor(rest / 10)
  }
  return at + digits
}
