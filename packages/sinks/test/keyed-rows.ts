import { defineSchema, instant, type Schema } from '@tickets/core'
import * as z from 'zod'

/** Rows with a key, for tables that replace rows. */
export const KeyedRow = defineSchema(
  z.object({ at: instant(), id: z.string().nullable(), place: z.string().nullable(), n: z.int(), gone: z.boolean(), revision: z.int32() }),
  { name: 'keyed', version: 1, time: 'at' },
)
export type KeyedRow = typeof KeyedRow extends Schema<infer T> ? T : never

/** A row of a key with a number of its own. */
export const keyedRow = (id: string | null, n: number, rest: Partial<KeyedRow> = {}): KeyedRow => ({
  at: new Date(n),
  id,
  place: 'here',
  n,
  gone: false,
  revision: 0,
  ...rest,
})
