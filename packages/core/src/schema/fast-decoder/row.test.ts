import { expect, test } from 'vitest'
import * as z from 'zod'
import { columnBuilder } from '../../batch/builder.ts'
import { instant } from '../../values/instant.ts'
import { fastDecoderOf } from '../batch-decoder.ts'
import { defineSchema } from '../define.ts'
import { bytesOf } from './decoders.fixture.ts'

const shape = { at: instant(), n: z.int(), text: z.string().optional() }
const decoderOf = (zod: z.ZodObject<typeof shape>) => {
  const schema = defineSchema(zod, { name: 'row', time: 'at' })
  const builders = schema.fields.map(columnBuilder)
  for (const builder of builders) builder.reserve(1)
  const read = fastDecoderOf(schema, builders)
  return (text: string) => {
    const bytes = bytesOf(text)
    return read?.(bytes, new DataView(bytes.buffer), 0, bytes.length, 0)
  }
}
const at = '"at":"2026-11-21T12:00:00Z"'
const loose = decoderOf(z.object(shape))
const strict = decoderOf(z.strictObject(shape) as never)

test.each([
  ['in order', `{${at},"n":1,"text":"a"}`],
  ['in another order', `{"text":"a","n":1,${at}}`],
  ['without an optional column', `{${at},"n":1}`],
  ['with a column twice', `{${at},"n":"no","n":1}`.replace('"no"', '2')],
  ['with white space', ` {\n${at} , "n" : 1 } `],
])('a row is taken: %s', (_what, text) => {
  expect([loose(text), strict(text)]).toEqual([true, true])
})

test('unknown keys are skipped, but not by a strict schema', () => {
  const text = `{${at},"more":{"a":[1,null,"x"]},"n":1}`
  expect([loose(text), strict(text)]).toEqual([true, false])
})

test.each([
  ['a column missing', `{${at}}`],
  ['a comma too many', `{${at},"n":1,}`],
  ['something behind it', `{${at},"n":1} x`],
  ['an escaped key', `{${at},"\\u006e":1}`],
  ['a key __proto__', `{${at},"n":1,"__proto__":{}}`],
  ['no object', '[]'],
  ['nothing', ''],
])('JSON.parse and zod decide on a message with %s', (_what, text) => {
  expect(loose(text)).toBe(false)
})
