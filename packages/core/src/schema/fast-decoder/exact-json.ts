import type { Field } from '../../store/field.ts'

/** A number of at most so many characters, without an exponent, is the same number as a double, written in the shortest form. */
const EXACT_LENGTH = 15
const NUMBER = /-?\d[\d.eE+-]*/y

const known = new WeakMap<Field, boolean>()

/** Returns whether a column is or holds one of this kind. */
function holds(field: Field, kind: Field['kind']): boolean {
  return field.kind === kind || (field.children ?? []).some((child) => holds(child, kind))
}

/** Returns whether a column is or holds a decimal, whose numbers `JSON.parse` would round. */
export function holdsDecimal(field: Field): boolean {
  let is = known.get(field)
  if (is === undefined) {
    is = holds(field, 'decimal')
    known.set(field, is)
  }
  return is
}

/**
 * Parses JSON as `JSON.parse` does, except that a number in the place of a decimal comes as its text where a double would round it.
 *
 * @param row the columns of an object, or the one column of a single value
 * @throws a SyntaxError, as `JSON.parse`
 */
export function parseExact(text: string, row: readonly Field[] | Field): unknown {
  const plain: unknown = JSON.parse(text)
  const mark = markFor(text)
  const marked = markNumbers(text, mark)
  if (marked === null) return plain
  return restored(JSON.parse(marked), Array.isArray(row) ? { ...NO_FIELD, kind: 'struct', children: row } : (row as Field), mark)
}

const NO_FIELD: Field = { name: '', kind: 'json', values: [], optional: false, nullable: false }

/** Returns valid JSON with an object in the place of each number that a double may round; null where there is none. */
function markNumbers(text: string, mark: string): string | null {
  let out = ''
  let from = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string
    if (char === '"') at = stringEnd(text, at)
    else if (char === '-' || (char >= '0' && char <= '9')) {
      NUMBER.lastIndex = at
      const [token = ''] = NUMBER.exec(text) ?? []
      if (token.length > EXACT_LENGTH || /[eE]/.test(token)) {
        out += `${text.slice(from, at)}{"${mark}":"${token}"}`
        from = at + token.length
      }
      at += token.length - 1
    }
  }
  return from === 0 ? null : out + text.slice(from)
}

/** Returns where the closing quote of the string at `at` is. */
function stringEnd(text: string, at: number): number {
  let i = at + 1
  while (text[i] !== '"') i += text[i] === '\\' ? 2 : 1
  return i
}

/** Returns a key that no string of this JSON is. */
function markFor(text: string): string {
  const runs = text.replaceAll('\\u0023', '#').match(/#+/g) ?? []
  return '#'.repeat(1 + runs.reduce((longest, run) => Math.max(longest, run.length), 0))
}

/** Returns the value with each marked number as a number again, or as its text in the place of a decimal. Changes it in place. */
function restored(value: unknown, field: Field, mark: string): unknown {
  const root = { value }
  // A list of what is to be done, not recursion: unknown keys may be nested as deep as the message is long.
  const todo: { readonly holder: object; readonly key: string; readonly field: Field }[] = [{ holder: root, key: 'value', field }]
  for (let next = todo.pop(); next; next = todo.pop()) {
    const { holder, key, field: at } = next
    const item: unknown = Object.getOwnPropertyDescriptor(holder, key)?.value
    if (typeof item !== 'object' || item === null) continue
    if (Object.hasOwn(item, mark)) {
      const token = (item as Record<string, string>)[mark] as string
      Object.defineProperty(holder, key, { value: at.kind === 'decimal' ? token : Number(token) })
      continue
    }
    for (const name of Object.keys(item)) todo.push({ holder: item, key: name, field: insideOf(at, name, Array.isArray(item)) })
  }
  return root.value
}

function insideOf({ kind, children = [] }: Field, name: string, isArray: boolean): Field {
  if (kind === 'struct' && !isArray) return children.find((child) => child.name === name) ?? NO_FIELD
  return (kind === 'list') === isArray && kind !== 'struct' ? (children[0] ?? NO_FIELD) : NO_FIELD
}

/** Returns whether a record somewhere in a value has the key `__proto__`, which zod would drop without a word. */
export function hasLostKey(value: unknown, field: Field): boolean {
  const { kind, children = [] } = field
  if (typeof value !== 'object' || value === null || children.length === 0) return false
  if (kind === 'map' && Object.hasOwn(value, '__proto__')) return true
  if (kind === 'struct') return children.some((child) => hasLostKey((value as Record<string, unknown>)[child.name], child))
  return Object.values(value).some((item) => hasLostKey(item, children[0] as Field))
}
