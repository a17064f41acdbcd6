import { TicketsError } from '@tickets/core'

// Snapshot ids are whole numbers of 63 bits: `JSON.parse` rounds those of other writers, and a commit that requires a rounded one fails, or is lost.

type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown

const exact: Reviver = (_, value, context) => {
  if (typeof value !== 'number' || Number.isSafeInteger(value) || !/^-?\d+$/.test(context.source ?? '')) return value
  return BigInt(context.source as string)
}

/**
 * Parses JSON, with bigints for whole numbers that no number holds.
 *
 * @param place where the text is from, for the error
 * @throws `TARGET_UNUSABLE` for what is no JSON
 */
export function parseExact(text: string, place: string): unknown {
  try {
    return JSON.parse(text, exact as Parameters<typeof JSON.parse>[1])
  } catch (cause) {
    throw new TicketsError('TARGET_UNUSABLE', `${place} is no JSON: restore it from a backup, or check the address`, { cause })
  }
}

const { rawJSON } = JSON as typeof JSON & { rawJSON(text: string): unknown }

/** Returns a value as JSON, with bigints as whole numbers. */
export const exactJson = (value: unknown, space?: number): string =>
  JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? rawJSON(String(inner)) : inner), space)
