import { TicketsError, zodChecks, zodDefinition } from '@tickets/core/command-line'
import type { $ZodType } from 'zod/v4/core'
import { safeParse } from 'zod/v4/core'

/** What a text is turned into before zod sees it. */
export type TextKind =
  | { readonly is: 'text' }
  | { readonly is: 'number'; readonly whole: boolean }
  | { readonly is: 'boolean' }
  | { readonly is: 'choice'; readonly values: readonly (string | number | boolean)[] }
  | { readonly is: 'list'; readonly of: TextKind }
  | { readonly is: 'either'; readonly of: readonly { readonly kind: TextKind; readonly type: $ZodType }[] }

/** Wrappers that do not change what a text has to be. */
const wrappers = new Set(['optional', 'default', 'prefault', 'nonoptional', 'readonly', 'catch', 'nullable'])

/** Returns the type inside a wrapper such as `optional`; null if the type is no wrapper. */
export function unwrapped(type: $ZodType): $ZodType | null {
  const def = zodDefinition(type)
  return wrappers.has(def.type) ? (def.innerType ?? null) : null
}

/** Tells what a text is turned into. Throws `OPTION_INVALID` for a type that no text can give. */
export function textKindOf(name: string, type: $ZodType): TextKind {
  const def = zodDefinition(type)
  const inner = unwrapped(type)
  if (inner) return textKindOf(name, inner)
  switch (def.type) {
    case 'string':
    case 'template_literal':
      return { is: 'text' }
    case 'date':
      if (def.coerce) return { is: 'text' }
      break
    case 'number':
      return { is: 'number', whole: zodChecks(type).some(({ format = '' }) => format.includes('int')) }
    case 'boolean':
      return { is: 'boolean' }
    case 'enum':
      return { is: 'choice', values: [...new Set(Object.values(def.entries ?? {}))] }
    case 'literal':
      return { is: 'choice', values: def.values ?? [] }
    case 'array':
      if (def.element) return { is: 'list', of: textKindOf(name, def.element) }
      break
    case 'union':
      return { is: 'either', of: (def.options ?? []).map((option) => ({ kind: textKindOf(name, option), type: option })) }
    case 'pipe':
      if (def.in) return textKindOf(name, def.in)
  }
  throw new TicketsError(
    'OPTION_INVALID',
    `the value "${name}" of the configuration is a zod ${def.type}, which no text gives: take text, numbers, booleans, enums, lists of them, durationText(), instant() or secret()`,
  )
}

const yes = new Set(['true', '1', 'yes', 'on'])
const no = new Set(['false', '0', 'no', 'off'])

/** Returns the value that a text stands for. Returns the text itself if it is not of this kind, so that zod refuses it. */
export function fromText(kind: TextKind, text: string): unknown {
  switch (kind.is) {
    case 'text':
      return text
    case 'number': {
      const plain = text.trim().replaceAll(/(?<=\d)_(?=\d)/g, '')
      return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : text
    }
    case 'boolean': {
      const word = text.trim().toLowerCase()
      return yes.has(word) ? true : no.has(word) ? false : text
    }
    case 'choice':
      return kind.values.find((value) => String(value) === text.trim()) ?? text
    case 'list':
      return text.trim() === '' ? [] : text.split(',').map((one) => fromText(kind.of, one.trim()))
    case 'either': {
      for (const option of kind.of) {
        const value = fromText(option.kind, text)
        if (safeParse(option.type, value).success) return value
      }
      return text
    }
  }
}

/** Returns what a value has to be, for an error message. */
export function wanted(kind: TextKind): string {
  switch (kind.is) {
    case 'text':
      return 'text'
    case 'number':
      return kind.whole ? 'a whole number' : 'a number'
    case 'boolean':
      return 'true or false'
    case 'choice':
      return kind.values.length === 1 ? String(kind.values[0]) : `one of ${kind.values.join(', ')}`
    case 'list':
      return `a list with commas, each ${wanted(kind.of)}`
    case 'either':
      return [...new Set(kind.of.map((option) => wanted(option.kind)))].join(', or ')
  }
}

/** Returns the placeholder for a value in `--help`. */
export function placeholderOf(kind: TextKind): string {
  switch (kind.is) {
    case 'text':
      return 'text'
    case 'number':
      return 'number'
    case 'boolean':
      return 'true|false'
    case 'choice':
      return kind.values.join('|')
    case 'list':
      return `${placeholderOf(kind.of)},…`
    case 'either':
      return [...new Set(kind.of.map((option) => placeholderOf(option.kind)))].join('|')
  }
}
