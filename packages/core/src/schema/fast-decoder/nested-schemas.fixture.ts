import * as z from 'zod'
import type { Schema } from '../../batch/batch.ts'
import { bytes } from '../../values/bytes.ts'
import { date } from '../../values/date.ts'
import { decimal } from '../../values/decimal.ts'
import { instant } from '../../values/instant.ts'
import { json } from '../../values/json-value.ts'
import { defineSchema } from '../define.ts'

/** A schema, a message that zod accepts, and whether the fast path takes it. */
export interface SchemaCase {
  readonly schema: Schema<unknown>
  readonly valid: Readonly<Record<string, unknown>>
  readonly fast: boolean
}

const at = instant()
const product = z.object({ sku: z.string(), price: z.number(), count: z.int32().optional() })

/** Schemas with nested columns, and with the kinds that stand for themselves in JSON only. */
export const nestedSchemas: readonly SchemaCase[] = [
  {
    schema: defineSchema(
      z.object({
        at,
        user: z.object({ id: z.int(), name: z.string().nullable(), address: z.object({ city: z.string(), zip: z.string().optional() }).optional() }),
        products: z.array(product).min(1).max(3),
        tags: z.array(z.enum(['a', 'b'])).nullable(),
        grid: z.array(z.array(z.boolean().nullable())).optional(),
      }),
      { name: 'nested', time: 'at' },
    ),
    valid: {
      at: '2026-11-21T12:00:00Z',
      user: { id: 7, name: null, address: { city: 'Orléans', zip: '45000' } },
      products: [
        { sku: 'a-1', price: 1.5, count: 2 },
        { price: 3, sku: 'b"2' },
      ],
      tags: ['b', 'a'],
      grid: [[true, null], []],
    },
    fast: true,
  },
  {
    schema: defineSchema(
      z.object({
        at: instant({ epoch: 'ms' }),
        seconds: instant({ epoch: 's' }).optional(),
        micros: instant({ epoch: 'us' }).nullable(),
        day: date(),
        amount: decimal(12, 2),
        wide: decimal(38, 10).optional(),
        whole: decimal(5, 0).nullish(),
        maybe: z.string().nullish(),
        status: z.string().max(6).default('new'),
        level: z.int().nullable().default(1),
        version: z.literal('v1'),
        code: z.literal([1, 2]),
        yes: z.literal(true).optional(),
      }),
      { name: 'values', time: 'at' },
    ),
    valid: {
      at: 1700000000123,
      seconds: 1700000000.123,
      micros: 1700000000123456,
      day: '2024-02-29',
      amount: 12.5,
      wide: '1234567890123456789.0123456789',
      whole: null,
      maybe: null,
      status: 'open',
      level: null,
      version: 'v1',
      code: 2,
      yes: true,
    },
    fast: true,
  },
  {
    schema: defineSchema(
      z.object({
        at: instant({ epoch: 'ms' }),
        seconds: instant({ epoch: 's' }).optional(),
        micros: instant({ epoch: 'us' }).nullable(),
        day: date(),
        amount: decimal(12, 2).nullish(),
        wide: decimal(38, 10).optional(),
        whole: decimal(5, 0).nullish(),
        share: z.number().lt(1),
        small: z.int32().nullish(),
        big: z.int().optional(),
        form: z
          .string()
          .regex(/^(?:[A-F]{6}\d{10}-[a-z]{3}|\w{5})$/)
          .nullish(),
        both: z.string().regex(/^a/).regex(/z$/).optional(),
        deep: z
          .object({
            days: z.array(date().nullable()).max(3).optional(),
            level: z.enum(Array.from({ length: 200 }, (_, i) => `level ${i}`) as [string]).optional(),
            more: z.object({ on: z.boolean().nullish(), sums: z.array(decimal(20, 3)), last: instant().optional() }).nullish(),
          })
          .nullish(),
      }),
      { name: 'data', time: 'at' },
    ),
    valid: {
      at: 1700000000123,
      seconds: 1700000000.123,
      micros: 1700000000123456,
      day: '2024-02-29',
      amount: 12.5,
      wide: '1234567890123456789.0123456789',
      whole: null,
      share: -0.25,
      small: -7,
      big: 9007199254740991,
      form: 'ABCDEF0123456789-xyz',
      both: 'abcz',
      deep: { days: ['2026-01-31', null], level: 'level 131', more: { on: false, sums: ['1.125', -2], last: '2026-11-21T12:00:00.5+01:00' } },
    },
    fast: true,
  },
  {
    schema: defineSchema(
      z.object({
        at,
        any: json(),
        more: json().optional(),
        none: json().nullable(),
        mixed: z.union([z.string(), z.number().int(), z.null()]),
        counts: z.record(z.string(), z.int()),
        prices: z.record(z.string().min(1), z.object({ amount: decimal(10, 2), bonus: z.boolean().optional() })).nullish(),
        blob: bytes(),
        payment: z.discriminatedUnion('method', [
          z.object({ method: z.literal('card'), last4: z.string().length(4), holder: z.string().nullable() }),
          z.object({ method: z.literal(['iban', 'sepa']), iban: z.string(), holder: z.string().optional() }),
          z.object({ method: z.literal('cash') }),
        ]),
      }),
      { name: 'open', time: 'at' },
    ),
    valid: {
      at: '2026-11-21T12:00:00Z',
      any: { a: [1, 'x', null], b: { c: true } },
      more: 'text',
      none: null,
      mixed: 'a',
      counts: { b: 1, a: 2, 10: 3, constructor: 4 },
      prices: { x: { amount: '1.10', bonus: true }, y: { amount: 2 } },
      blob: 'AQIDBA==',
      payment: { method: 'sepa', iban: 'FR76' },
    },
    fast: true,
  },
  {
    schema: defineSchema(
      z.object({
        at,
        point: z.strictObject({ x: z.number(), y: z.number() }),
        range: z.object({ from: z.int(), to: z.int() }).refine((r) => r.from <= r.to),
        list: z.array(z.string().trim()).refine((all) => all.length < 3),
        inner: z.object({
          even: z.number().refine((n) => n % 2 === 0),
          kind: z.string().default('x'),
          deep: z.array(z.object({ day: date(), sum: decimal(20, 3) })),
        }),
        'odd"name': z.object({ 'a"b': z.int().optional() }).optional(),
      }),
      { name: 'nested_checks', time: 'at' },
    ),
    valid: {
      at: '2026-11-21T12:00:00Z',
      point: { x: 1, y: -0.5 },
      range: { from: 1, to: 2 },
      list: [' a ', 'b'],
      inner: { even: 2, deep: [{ day: '2026-01-31', sum: 1.125 }] },
    },
    fast: false,
  },
]
