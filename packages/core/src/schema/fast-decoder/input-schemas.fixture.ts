import * as z from 'zod'
import { decimal } from '../../values/decimal.ts'
import { instant } from '../../values/instant.ts'
import { json } from '../../values/json-value.ts'
import { messageHeader, messageKey, messageOffset, messagePartition } from '../../values/message-columns.ts'
import { defineSchema } from '../define.ts'
import type { SchemaCase } from './nested-schemas.fixture.ts'

const at = instant()

/** Schemas that refuse or keep unknown fields, or take columns from around a message's value. */
export const inputSchemas: readonly SchemaCase[] = [
  {
    schema: defineSchema(
      z.object({
        at,
        user: z.object({ id: z.int(), address: z.object({ city: z.string() }).optional() }),
        items: z.array(z.object({ sku: z.string(), price: decimal(9, 2).optional() })),
        checked: z.object({ a: z.int().optional() }).refine(({ a = 0 }) => a >= 0),
        groups: z.record(z.string(), z.object({ n: z.int() })).optional(),
        by: z.discriminatedUnion('kind', [
          z.object({ kind: z.literal('card'), last4: z.string() }),
          z.object({ kind: z.literal('iban'), iban: z.string() }),
        ]),
        any: json().optional(),
      }),
      { name: 'refused', time: 'at', unknown: 'refuse' },
    ),
    valid: {
      at: '2026-11-21T12:00:00Z',
      user: { id: 7, address: { city: 'Tours' } },
      items: [{ sku: 'a', price: 1.5 }, { sku: 'b' }],
      checked: { a: 1 },
      groups: { x: { n: 1 }, y: { n: 2 } },
      by: { kind: 'card', last4: '4242' },
      any: { what: ['ever'] },
    },
    fast: true,
  },
  {
    schema: defineSchema(z.object({ at, more: json(), text: z.string().optional(), n: z.int(), price: decimal(9, 2).nullable(), ok: z.boolean() }), {
      name: 'kept',
      time: 'at',
      unknown: { keep: 'more' },
    }),
    valid: { at: '2026-11-21T12:00:00Z', text: 'a', n: 1, price: 2.5, ok: true, extra: { b: [1.0, 'x'], a: null }, 10: 1, 9: '\u00e9' },
    fast: true,
  },
  {
    schema: defineSchema(
      z.object({
        key: messageKey(),
        at,
        position: messageOffset(),
        n: z.int(),
        trace: messageHeader('trace', { as: 'bytes' }),
        text: z.string().optional(),
        part: messagePartition(),
      }),
      { name: 'around', time: 'at' },
    ),
    valid: { at: '2026-11-21T12:00:00Z', n: 1, text: 'a' },
    fast: true,
  },
  {
    schema: defineSchema(z.strictObject({ at, key: messageKey({ as: 'bytes' }), n: z.int(), trace: messageHeader('trace') }), {
      name: 'around_strict',
      time: 'at',
    }),
    valid: { at: '2026-11-21T12:00:00Z', n: 1 },
    fast: true,
  },
  {
    schema: defineSchema(z.object({ at, key: messageKey().refine((key) => key !== null), rest: json(), position: messageOffset() }), {
      name: 'around_checked',
      time: 'at',
      unknown: { keep: 'rest' },
    }),
    valid: { at: '2026-11-21T12:00:00Z', other: 1 },
    fast: false,
  },
]
