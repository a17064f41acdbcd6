import { expect, expectTypeOf, test } from 'vitest'
import * as z from 'zod'
import { internals, type RowOf } from '../batch/batch.ts'
import { bytes } from '../values/bytes.ts'
import { decimal } from '../values/decimal.ts'
import { instant } from '../values/instant.ts'
import { messageKey } from '../values/message-columns.ts'
import { decodeValues } from './decode-values.ts'
import { defineSchema } from './define.ts'

const at = '2026-11-21T12:00:00.000Z'
const time = Date.parse(at)
const encode = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value))

const Cart = z.object({
  at: instant(),
  user: z.object({ id: z.string() }),
  lines: z.array(z.object({ sku: z.string(), price: decimal(20, 2), after: z.int().optional() })),
})

const Line = defineSchema(
  z.object({ at: instant(), user: z.string(), sku: z.string().min(2), price: decimal(20, 2), size: z.enum(['small', 'large']) }),
  {
    name: 'line',
    time: 'at',
    from: Cart,
    map: (cart) =>
      cart.lines.map(({ sku, price, after = 0 }) => {
        if (sku === 'throw') throw new Error('no such thing')
        return { at: new Date(cart.at.getTime() + after), user: cart.user.id, sku, price, size: price.length > 6 ? 'large' : 'small' }
      }),
  },
)

const cart = (...lines: readonly (readonly [sku: string, price: unknown, after?: number])[]) => ({
  at,
  user: { id: 'u1' },
  lines: lines.map(([sku, price, after]) => ({ sku, price, ...(after === undefined ? {} : { after }) })),
})
const decode = (values: readonly unknown[], more: object = {}, options = {}) =>
  Line.decode(
    values.map((value, i) => ({ value: encode(value), offset: 10 + i, ...more })),
    options,
  )

test('a message gives none, one or several rows, which share its position, and one without rows is counted', () => {
  const { batch, rejected, unmapped } = decode([cart(), cart(['aa', 1.5]), cart(['bb', '2'], ['cc', 12345.67], ['dd', 3]), cart()])
  expect(batch.toArray()).toEqual([
    { at: new Date(at), user: 'u1', sku: 'aa', price: '1.50', size: 'small' },
    { at: new Date(at), user: 'u1', sku: 'bb', price: '2.00', size: 'small' },
    { at: new Date(at), user: 'u1', sku: 'cc', price: '12345.67', size: 'large' },
    { at: new Date(at), user: 'u1', sku: 'dd', price: '3.00', size: 'small' },
  ])
  expect([...(internals.metadata(batch)?.offsets ?? [])]).toEqual([11, 12, 12, 12])
  expect([rejected, unmapped]).toEqual([[], 2])
})

test('more rows than messages have room, and batches after one another are apart', () => {
  const many = Array.from({ length: 300 }, (_, i) => [`sku${i}`, i] as const)
  for (let turn = 0; turn < 2; turn++)
    expect(
      decode([cart(...many), cart(['aa', 1]), cart(...many)])
        .batch.toArray()
        .map(({ sku }) => sku),
    ).toHaveLength(601)
  expect(decode([cart(['aa', 1])]).unmapped).toBe(0)
})

test.each([
  ['{', /^not JSON/],
  [{ at, user: {}, lines: [] }, /^not a message of line: user\.id: Invalid input/],
  [cart(['aa', 1], ['b', 2]), /^row 2 of the 2 that map made is not a line: sku: Too small/],
  [cart(['aa', 1], ['throw', 2]), /^the map of line threw: no such thing$/],
] as const)('message %j is a dead letter as a whole', (value, reason) => {
  const { batch, rejected, unmapped } = decode([cart(['aa', 1]), value, cart(['bb', 2])])
  expect(batch.toArray().map(({ sku }) => sku)).toEqual(['aa', 'bb'])
  expect(rejected).toEqual([{ value: encode(value), offset: 11, reason: expect.stringMatching(reason) }])
  expect(unmapped).toBe(0)
})

test('one row too far in the future rejects its message, and the furthest row decides when it may pass', () => {
  const value = cart(['aa', 1, 500], ['bb', 2, 3000], ['cc', 2, 2000])
  const byTimestamp = decode([value], { timestamp: time }, { maxFuture: 1000 })
  expect([byTimestamp.batch.length, byTimestamp.rejected.map(({ reason, ahead }) => [reason.slice(0, 33), ahead])]).toEqual([
    0,
    [['row 2 of the 3 that map made: its', undefined]],
  ])
  const byReference = decode([value], {}, { maxFuture: 1000, reference: time })
  expect([byReference.batch.length, byReference.rejected.map(({ ahead }) => ahead)]).toEqual([0, [time + 3000]])
  expect(decode([value], { timestamp: time }, { maxFuture: 3000 }).batch.length).toBe(3)
})

test('the digits of a decimal in a message are read as they stand', () => {
  const text = JSON.stringify(cart(['aa', 0])).replace('"price":0', '"price":123456789012345678.91')
  expect(decode([text]).batch.get(0).price).toBe('123456789012345678.91')
})

const Anything = defineSchema(z.object({ at: instant(), n: z.int(), raw: bytes().optional() }), {
  name: 'anything',
  time: 'at',
  from: z.unknown(),
  // What a program without types may return.
  map: (input) => (input as { give: never }).give,
})

test.each([
  ['null', null, 0],
  ['nothing', undefined, 0],
  ['an empty list', [], 0],
])('%s is no row', (_, give, rows) => {
  const { batch, unmapped } = decodeValues(Anything, [{ value: { give }, raw: encode('x'), offset: 1 }])
  expect([batch.length, unmapped]).toEqual([rows, 1])
})

test.each([
  ['a missing column', { at: new Date(0) }, /^row 1 of the 1 that map made is not a anything: n: /],
  ['a time that is none', { at: new Date(Number.NaN), n: 1 }, /at: Invalid input: expected date, received an invalid Date/],
  ['a text in the place of a time', { at, n: 1 }, /at: Invalid input: expected date/],
  ['a promise', Promise.resolve({ at: new Date(0), n: 1 }), /threw: it returned a promise/],
  ['a hole in the list', [{ at: new Date(0), n: 1 }, null], /^row 2 of the 2 .* expected object/],
  ['a number', 7, /expected object/],
  ['another kind of bytes', { at: new Date(0), n: 1, raw: 'AQI=' }, /raw: /],
] as const)('%s is no valid row', (_, give, reason) => {
  const { batch, rejected } = decodeValues(Anything, [{ value: { give }, raw: encode('x'), offset: 1 }])
  expect([batch.length, rejected.map((one) => one.reason)]).toEqual([0, [expect.stringMatching(reason)]])
})

test('a row of bytes and times comes out as it went in', () => {
  const row = { at: new Date(1), n: 1, raw: Uint8Array.of(1, 2) }
  expect(decodeValues(Anything, [{ value: { give: row }, raw: encode('x'), offset: 1 }]).batch.toArray()).toEqual([row])
})

test('columns of the message are added to each row', () => {
  const Keyed = defineSchema(z.object({ user: messageKey(), at: instant(), n: z.int() }), {
    name: 'keyed',
    time: 'at',
    from: z.object({ n: z.array(z.int()) }),
    map: ({ n }) => n.map((one) => ({ at: new Date(one), n: one })),
  })
  const { batch } = Keyed.decode([{ value: encode({ n: [1, 2] }), offset: 5, key: encode('u7') }])
  expect(batch.toArray()).toEqual([1, 2].map((n) => ({ user: 'u7', at: new Date(n), n })))
  expect(Keyed.needs).toEqual(['key'])
})

test('from without map, and both with unknown, are refused', () => {
  const shape = z.object({ at: instant() })
  for (const options of [
    { from: z.unknown() },
    { map: () => null },
    { from: z.unknown(), map: 'x' },
    { from: z.unknown(), map: () => null, unknown: 'drop' },
  ])
    expect(() => defineSchema(shape, { name: 'odd', time: 'at', ...options } as never)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
})

test('types: the input is what from gives, and a row is exactly that of the schema', () => {
  expectTypeOf<RowOf<typeof Line>>().toEqualTypeOf<{ at: Date; user: string; sku: string; price: string; size: 'small' | 'large' }>()
  const Row = z.object({ at: instant(), kind: z.enum(['a', 'b']), key: messageKey() })
  const from = z.object({ n: z.int() })
  const good = { at: new Date(0), kind: 'a' } as const
  defineSchema(Row, {
    name: 'ok',
    time: 'at',
    from,
    map: (input) => {
      expectTypeOf(input).toEqualTypeOf<{ n: number }>()
      return input.n > 0 ? { at: new Date(0), kind: 'a' } : null
    },
  })
  defineSchema(Row, { name: 'ok', time: 'at', from, map: ({ n }) => (n > 1 ? [good, { at: new Date(0), kind: 'b' }] : []) })
  // @ts-expect-error a column is missing
  defineSchema(Row, { name: 'no', time: 'at', from, map: () => ({ at: new Date(0) }) })
  // @ts-expect-error no member of the enum
  defineSchema(Row, { name: 'no', time: 'at', from, map: () => [{ at: new Date(0), kind: 'c' }] })
  // @ts-expect-error a row of another type among them
  defineSchema(Row, { name: 'no', time: 'at', from, map: ({ n }) => (n > 0 ? good : { at: 'now', kind: 'a' }) })
  // @ts-expect-error from has no such field
  defineSchema(Row, { name: 'no', time: 'at', from, map: ({ m }) => (m ? good : null) })
})

test('a message that fits none of the shapes in `from` is refused with what the nearest lacks', () => {
  const Delivery = defineSchema(z.object({ at: instant(), weight: z.number() }), {
    name: 'delivery',
    time: 'at',
    from: z.union([z.object({ at: instant(), letter: z.string() }), z.object({ at: instant(), parcels: z.array(z.object({ weight: z.number() })) })]),
    map: (event) => ('parcels' in event ? event.parcels.map(({ weight }) => ({ at: event.at, weight })) : []),
  })
  const { rejected } = Delivery.decode([{ value: encode({ at, parcels: [{ weight: 'x' }] }), offset: 1 }])
  expect(rejected.map(({ reason }) => reason)).toEqual([
    'not a message of delivery: parcels.0.weight: Invalid input: expected number, received string (the nearest of 2 shapes)',
  ])
})
