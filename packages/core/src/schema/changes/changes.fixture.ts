import * as z from 'zod'
import type { Slices } from '../../batch/message.ts'
import { instant } from '../../values/instant.ts'
import { messageKey, messageTimestamp } from '../../values/message-columns.ts'
import { defineSchema } from '../define.ts'

/** A row with its own time. */
export const Plan = defineSchema(z.object({ client_id: z.string(), plan: z.enum(['free', 'gold']), since: instant(), seats: z.int().nullable() }), {
  name: 'plan',
  time: 'since',
})

/** A row whose time and key are those of its message. */
export const Seen = defineSchema(z.object({ client_id: messageKey(), n: z.int(), at: messageTimestamp() }), { name: 'seen', time: 'at' })

/** A row by a number, with the time of its message. */
export const Client = defineSchema(z.object({ id: z.int(), name: z.string(), at: messageTimestamp() }), { name: 'client', time: 'at' })

/** A message: its key, its value (JSON, or text as it is), its time. */
export type Given = readonly [key: string | null, value: object | string | null, time?: number]

export const plan = (client_id: string, name: string, ms: number) => ({ client_id, plan: name, since: new Date(ms).toISOString(), seats: null })

/** Returns messages at these positions and after. */
export function messages(given: readonly Given[], first = 0): Slices {
  const encoder = new TextEncoder()
  // A few bytes before them, as fetched messages have.
  const parts = given.map(([, value]) => encoder.encode(value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value)))
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 3))
  const [starts, ends] = [new Int32Array(given.length), new Int32Array(given.length)]
  let at = 3
  for (const [i, part] of parts.entries()) {
    bytes.set(part, at)
    starts[i] = at
    at += part.length
    ends[i] = given[i]?.[1] === null ? (starts[i] as number) - 1 : at
  }
  return {
    bytes,
    starts,
    ends,
    offsets: Float64Array.from(given, (_, i) => first + i),
    timestamps: Float64Array.from(given, ([, , time]) => time ?? Number.NaN),
    keyOf: (i) => (given[i]?.[0] == null ? null : encoder.encode(given[i][0])),
  }
}
