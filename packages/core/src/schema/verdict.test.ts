import { expect, test } from 'vitest'
import * as z from 'zod'
import { instant } from '../values/instant.ts'
import { envelopeOf } from './decode.ts'
import { defineSchema } from './define.ts'
import { parseMessage, unfit } from './verdict.ts'

const Ping = defineSchema(z.object({ at: instant(), text: z.string() }), { name: 'ping', time: 'at' })
const around = envelopeOf({ offset: 0 }, {})
const parse = (text: string | null) => parseMessage(Ping, text === null ? null : Buffer.from(text, 'latin1'), around)
const at = '2026-11-21T12:00:00Z'

test('a valid message is a row', () => {
  expect(parse(`{"at":"${at}","text":"a","more":1}`)).toEqual({ row: { at: new Date(at), text: 'a' } })
})

test.each([
  [null, /^no value \(a tombstone\)/],
  ['', /^an empty value/],
  ['{"text":"\xff"}', /UTF-8/],
  ['\xef\xbb\xbf{}', /JSON/],
  ['{', /JSON/],
  ['[]', /^not a ping: Invalid input: expected object/],
  [`{"at":"${at}"}`, /^not a ping: text: Invalid input: expected string, received undefined/],
  ['{"at":"now","text":1}', /^not a ping: at: .*; text: /],
] as const)('message %j is invalid, and the reason says why', (text, reason) => {
  expect(parse(text)).toEqual({ reason: expect.stringMatching(reason) })
})

test('a check that throws is the reason', () => {
  const schema = defineSchema(
    z.object({
      at: instant().refine(() => {
        throw new Error('out of order')
      }),
    }),
    { name: 'strict', time: 'at' },
  )
  expect(parseMessage(schema, Buffer.from(`{"at":"${at}"}`), around)).toEqual({ reason: "the schema's own check threw: out of order" })
})

test('a value that zod accepts and the column cannot hold is named', () => {
  const [time, text] = Ping.fields as [(typeof Ping.fields)[number], (typeof Ping.fields)[number]]
  expect(unfit(text, '\ud800')).toBe('text: half a surrogate pair has no UTF-8')
  expect(unfit(time, new Date(Number.NaN))).toBe('at: not an instant')
  expect([unfit(text, 'a'), unfit(time, new Date(0)), unfit(text, undefined)]).toEqual([null, null, null])
})
