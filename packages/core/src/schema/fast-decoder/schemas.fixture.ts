import * as z from 'zod'
import * as mini from 'zod/mini'
import { Ticket } from '../../tickets/ticket.ts'
import { instant } from '../../values/instant.ts'
import { defineSchema } from '../define.ts'
import { nestedSchemas, type SchemaCase } from './nested-schemas.fixture.ts'

const at = instant()

/** Schemas of every kind of field and check, each with a message that zod accepts. */
export const schemas: readonly SchemaCase[] = [
  {
    schema: Ticket,
    valid: {
      ticket_id: '7d444840-9dc0-41d1-b245-5ffdce74fad2',
      client_id: 'CLIENT_1234',
      created_at: '2026-11-21T12:00:00.123Z',
      request: 'Où est ma facture ? 😱 Merci',
      request_type: 'billing',
      priority: 'high',
    },
    fast: true,
  },
  {
    schema: defineSchema(
      z.object({
        at,
        maybe: z.string().optional(),
        kind: z.enum(['', 'a', 'ab', 'abc_1', 'abc_2', 'abc_3', 'abc_4', 'abc_5', 'ü', '\ufffd', 'a"b', 'tab\t']).nullable(),
        whole: z.int(),
        small: z.int32().nullable(),
        real: z.number().optional(),
        yes: z.boolean(),
        no: z.boolean().optional(),
        later: instant().nullable(),
        ключ: z.uint32().optional(),
      }),
      { name: 'kinds', time: 'at' },
    ),
    valid: {
      at: '2026-11-21T12:00:00+14:00',
      maybe: '',
      kind: 'ü',
      whole: 9007199254740991,
      small: null,
      real: -1.5e-3,
      yes: true,
      no: false,
      later: null,
      ключ: 0,
    },
    fast: true,
  },
  {
    schema: defineSchema(
      z.object({
        at,
        from5to7: z.string().min(5).max(7),
        three: z.string().length(3),
        share: z.number().min(0).max(1),
        open: z.number().gt(-2).lt(2),
        count: z.number().int().positive(),
        code: z.string().regex(/^[A-Z]{2}-\d\d\w{3}$/),
        loose: z.string().regex(/b+/g).max(20),
        mail: z.email(),
        id: z.guid(),
      }),
      { name: 'checks', time: 'at' },
    ),
    valid: {
      at: '2024-02-29T23:59:59.999999999-00:00',
      from5to7: 'éééé😱',
      three: '€€€',
      share: 0.5,
      open: -1.99,
      count: 7,
      code: 'FR-07x_1',
      loose: 'abba',
      mail: 'a@b.co',
      id: '00000000-0000-0000-0000-00000000000f',
    },
    fast: true,
  },
  {
    schema: defineSchema(
      z.object({
        at: instant().refine((date) => date.getUTCFullYear() > 1970),
        even: z.number().refine((n) => n % 2 === 0),
        trimmed: z.string().trim().min(1),
        loud: z.string().toUpperCase().optional(),
        kind: z.enum(['x', 'y']).refine((v) => v === 'x'),
        yes: z
          .boolean()
          .refine((v) => v)
          .nullable(),
        five: z.number().multipleOf(5),
        link: z.url(),
        text: z
          .string()
          .max(4)
          .optional()
          .refine((v) => v !== 'bad'),
        must: z
          .string()
          .optional()
          .refine((v) => v !== undefined),
        format: z.stringFormat('uuid', (v) => v !== 'bad', { pattern: /^.*$/ } as object),
        own: z.codec(z.string(), z.date(), { decode: (text) => new Date(`${text}-01T00:00:00Z`), encode: (date) => date.toISOString().slice(0, 7) }),
        throws: z.string().refine((v) => {
          if (v === 'throw') throw new Error('no')
          return true
        }),
      }),
      { name: 'refined', time: 'at' },
    ),
    valid: {
      at: '2026-11-21T12:00:00Z',
      even: 4,
      trimmed: ' a ',
      loud: 'straße',
      kind: 'x',
      yes: null,
      five: 10,
      link: 'https://example.com/a',
      text: 'ok',
      must: 'be',
      format: 'any',
      own: '2026-11',
      throws: 'fine',
    },
    fast: true,
  },
  {
    schema: defineSchema(z.strictObject({ at, name: z.string(), n: z.int().optional() }), { name: 'strict', time: 'at' }),
    valid: { at: '0000-02-29T00:00:00Z', name: 'x', n: 1 },
    fast: true,
  },
  {
    schema: defineSchema(
      z.object({ at, from: z.int(), to: z.int() }).refine((row) => row.from <= row.to),
      { name: 'whole', time: 'at' },
    ),
    valid: { at: '9999-12-31T23:59:59.9Z', from: 1, to: 2 },
    fast: false,
  },
  {
    schema: defineSchema(
      mini.object({
        at,
        id: mini.uuid(),
        text: mini.string().check(mini.minLength(2), mini.maxLength(5)),
        n: mini.optional(mini.int().check(mini.gte(0), mini.lt(10))),
        kind: mini.nullable(mini.enum(['one', 'two', '\ud800'])),
        odd: mini.number().check(mini.refine((v) => v !== 3)),
      }),
      { name: 'mini', time: 'at' },
    ),
    valid: { at: '1969-12-31T23:59:59.9999Z', id: 'ffffffff-ffff-ffff-ffff-ffffffffffff', text: 'naïf', n: 9, kind: 'two', odd: 1 },
    fast: true,
  },
  {
    schema: defineSchema(z.object({ at, 'a"b': z.string().optional(), ok: z.boolean() }), { name: 'quoted', time: 'at' }),
    valid: { at: '2026-01-01T00:00:00Z', 'a"b': 'x', ok: true },
    fast: false,
  },
  {
    schema: defineSchema(
      z.object({
        at,
        constructor: z.string().optional(),
        toString: z.int().nullable(),
        ['__proto__']: z.string().max(5),
        hasOwnProperty: z.boolean().optional(),
        valueOf: z.enum(['toString', '__proto__']).optional(),
      }),
      { name: 'inherited', time: 'at' },
    ),
    valid: { at: '2026-01-01T00:00:00Z', constructor: 'x', toString: 1, ['__proto__']: 'p', hasOwnProperty: true, valueOf: '__proto__' },
    fast: true,
  },
  {
    schema: defineSchema(z.strictObject({ at, ['__proto__']: z.int().optional(), constructor: z.string().refine((v) => v !== 'no') }), {
      name: 'inherited_strict',
      time: 'at',
    }),
    valid: { at: '2026-01-01T00:00:00Z', ['__proto__']: 1, constructor: 'x' },
    fast: true,
  },
  ...nestedSchemas,
]
