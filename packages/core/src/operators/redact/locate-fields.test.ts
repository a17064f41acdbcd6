import { expect, test } from 'vitest'
import * as z from 'zod'
import { defineSchema } from '../../schema/define.ts'
import { decimal } from '../../values/decimal.ts'
import { instant } from '../../values/instant.ts'
import { json } from '../../values/json-value.ts'
import { locateFields, type Plan } from './locate-fields.ts'

const Order = defineSchema(
  z.object({
    at: instant(),
    user: z.object({ email: z.string(), 'home.city': z.string() }),
    'user.email': z.string(),
    lists: z.array(z.array(z.object({ serial: z.string(), count: z.int() }))),
    byShop: z.record(z.string(), z.object({ clerk: z.string(), till: z.int() })),
    names: z.record(z.string(), z.array(z.string())),
    price: decimal(10, 2),
    extra: json(),
    place: z.object({ lat: z.number(), spot: z.object({ lon: z.number(), name: z.string(), floor: z.int() }) }),
    box: z.object({ width: z.number() }),
    paid: z.discriminatedUnion('by', [z.object({ by: z.literal('card'), last4: z.string() })]),
  }),
  { name: 'order', time: 'at' },
)
const words = (plan: Plan): unknown => Object.fromEntries([...plan].map(([name, inner]) => [name, inner && words(inner)]))
const found = (...paths: string[]) => words(locateFields(Order, paths, 'hash'))

test('finds members through objects, lists of lists and maps', () => {
  expect(found('lists.serial', 'byShop.clerk', 'byShop.till', 'names')).toEqual({
    lists: { serial: null },
    byShop: { clerk: null, till: null },
    names: null,
  })
})

test('a name with dots comes before a path, and may be part of one', () => {
  expect(found('user.email', 'user.home.city')).toEqual({ 'user.email': null, user: { 'home.city': null } })
})

test('nothing may be left of neither a row nor an object', () => {
  const Two = defineSchema(z.object({ at: instant(), a: z.object({ b: z.object({ c: z.string() }) }) }), { name: 'two', time: 'at' })
  expect(() => locateFields(Two, ['a.b.c'], 'drop')).toThrow('"b": nothing would be left of it. Drop it whole')
  expect(words(locateFields(Two, ['a'], 'drop'))).toEqual({ a: null })
})

test('the event time can be neither dropped nor hashed, and a member of its name can', () => {
  const Timed = defineSchema(z.object({ at: instant(), in: z.object({ at: z.string(), to: z.string() }) }), { name: 'timed', time: 'at' })
  expect(() => locateFields(Timed, ['at'], 'drop')).toThrow('it is the event time')
  expect(words(locateFields(Timed, ['in.at'], 'drop'))).toEqual({ in: { at: null } })
})

test.each([
  ['at', 'hash', 'it is the event time'],
  ['prise', 'drop', 'order has no such field. Did you mean price?'],
  ['user.mail', 'mask', 'Did you mean user.email?'],
  ['user', 'hash', 'it holds objects. Hash their members, such as "user.email", or drop it'],
  ['place', 'hash', 'Hash their members, such as "place.spot.name", or drop it'],
  ['paid', 'hash', 'Hash their members, such as "paid.last4", or drop it'],
  ['box', 'hash', 'it holds objects without a member that can be hashed. Drop it, or make a column of text with withColumn'],
  ['box', 'mask', 'it holds objects without a member that can be masked. Drop it'],
  ['lists', 'mask', 'Mask their members, such as "lists.serial"'],
  ['lists.count', 'mask', 'only text can be masked, and it is of kind integer. Drop it, or hash it'],
  ['price', 'hash', 'of kind decimal. Drop it, or make a column of text with withColumn'],
  ['extra', 'mask', 'of kind json. Drop it'],
] as const)('refuses %s where it cannot %s, and says what to do', (field, how, why) => {
  expect(() => locateFields(Order, [field], how)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(why) }))
})

test('refuses a field that is named twice', () => {
  expect(() => locateFields(Order, ['user', 'user.home.city'], 'drop')).toThrow('named twice')
  expect(() => locateFields(Order, ['user.home.city', 'user'], 'drop')).toThrow('named twice')
  expect(() => locateFields(Order, ['price', 'price'], 'drop')).toThrow('named twice')
})
