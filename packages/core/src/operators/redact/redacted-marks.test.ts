import { expect, test } from 'vitest'
import * as z from 'zod'
import { defineSchema } from '../../schema/define.ts'
import { ownMarks } from '../../schema/personal/own-marks.ts'
import { instant } from '../../values/instant.ts'
import { locateFields } from './locate-fields.ts'
import { redactedMarks } from './redacted-marks.ts'

const personal = { personal: true }
const Order = defineSchema(
  z.object({
    at: instant(),
    card: z.string().meta(personal),
    note: z.string(),
    user: z.object({ email: z.string(), name: z.string() }).meta(personal),
    clerks: z.record(z.string(), z.string()).meta(personal),
  }),
  { name: 'order', time: 'at' },
)
const redacted = (how: 'drop' | 'mask' | 'hash', fields: string[], keepLast = 0) =>
  Object.fromEntries(redactedMarks({ zod: Order.zod, marks: ownMarks(Order.zod, '').marks }, locateFields(Order, fields, how), how, keepLast))

const all = { card: 'plain', 'user.email': 'plain', 'user.name': 'plain', 'clerks (keys)': 'plain', clerks: 'plain' }

test('what is dropped or masked whole is gone, and the members beside it stay', () => {
  const { card: _, 'user.email': __, ...left } = all
  expect(redacted('drop', ['card', 'user.email'])).toEqual(left)
  expect(redacted('mask', ['card', 'user.email'])).toEqual(left)
})

test('what keeps its last characters is masked', () => {
  expect(redacted('mask', ['card'], 4)).toEqual({ ...all, card: 'masked' })
})

test('what is hashed stays, as hashed, also where it had no mark', () => {
  expect(redacted('hash', ['user.email', 'note'])).toEqual({ ...all, 'user.email': 'hashed', note: 'hashed' })
})

test('the keys of a map stay, unless it is dropped', () => {
  expect(redacted('hash', ['clerks'])).toEqual({ ...all, clerks: 'hashed' })
  expect(redacted('mask', ['clerks'])).toMatchObject({ 'clerks (keys)': 'plain' })
  expect(Object.keys(redacted('drop', ['clerks', 'user']))).toEqual(['card'])
})
