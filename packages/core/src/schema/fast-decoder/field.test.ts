import { expect, test } from 'vitest'
import * as z from 'zod'
import { columnBuilder } from '../../batch/builder.ts'
import { valueReader } from '../../batch/columns.ts'
import type { Field } from '../../store/field.ts'
import { instant } from '../../values/instant.ts'
import { fieldsOf } from '../fields.ts'
import { bytesOf } from './decoders.fixture.ts'
import { fieldReader } from './field.ts'
import { UNSURE } from './read.ts'
import { ruleOf } from './rules.ts'

function read(type: z.ZodType, text: string): unknown {
  const [field] = fieldsOf({ c: type }) as [Field]
  const builder = columnBuilder(field)
  builder.reserve(1)
  const bytes = bytesOf(text)
  const end = fieldReader(builder, field, ruleOf(field, type).rule)(bytes, new DataView(bytes.buffer), 0, bytes.length, 0)
  return end === UNSURE ? UNSURE : [end, valueReader(field, builder.finish(1))(0)]
}

test.each([
  [z.string(), '"é"', 'é'],
  [z.number(), '-1.5', -1.5],
  [z.int(), '9007199254740991', 2 ** 53 - 1],
  [z.boolean(), 'false', false],
  [z.enum(['a', 'b']), '"b"', 'b'],
  [instant(), '"1970-01-01T00:00:01Z"', new Date(1000)],
  [z.string().nullable(), 'null', null],
  [z.string().nullable(), '"a"', 'a'],
  [z.boolean().optional(), 'true', true],
] as const)('field %#: a value is read into its column, to its last byte', (type, text, value) => {
  expect(read(type, text)).toEqual([bytesOf(text).length, value])
})

test.each([
  [z.string(), 'null'],
  [z.string().optional(), 'null'],
  [z.boolean(), '"true"'],
  [z.enum(['a', 'b']), '"c"'],
  [z.string().refine(() => true), '"a"'],
] as const)('field %#: a value that only zod can judge is left to it', (type, text) => {
  expect(read(type, text)).toBe(UNSURE)
})
