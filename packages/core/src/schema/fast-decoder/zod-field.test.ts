import { expect, test } from 'vitest'
import * as z from 'zod'
import { columnBuilder } from '../../batch/builder.ts'
import { valueReader } from '../../batch/columns.ts'
import type { Field } from '../../store/field.ts'
import { fieldsOf } from '../fields.ts'
import { bytesOf } from './decoders.fixture.ts'
import { UNSURE } from './read.ts'
import { zodReader } from './zod-field.ts'

function read(type: z.ZodType, text: string): unknown {
  const [field] = fieldsOf({ c: type }) as [Field]
  const builder = columnBuilder(field)
  builder.reserve(1)
  const bytes = bytesOf(text)
  const end = zodReader(builder, field, type)(bytes, new DataView(bytes.buffer), 0, bytes.length, 0)
  return end === UNSURE ? UNSURE : valueReader(field, builder.finish(1))(0)
}

test('the value is the one that zod makes of it', () => {
  expect(read(z.string().trim(), '" a "')).toBe('a')
  expect(read(z.number().multipleOf(2), '4')).toBe(4)
  expect(
    read(
      z.boolean().refine(() => true),
      'true',
    ),
  ).toBe(true)
  expect(
    read(
      z
        .string()
        .nullable()
        .refine(() => true),
      'null',
    ),
  ).toBe(null)
})

test.each([
  ['zod refuses it', z.number().multipleOf(2), '3'],
  ['it has an escape', z.string().trim(), '"\\n"'],
  ['it is no single value', z.string().trim(), '{}'],
  [
    'a check throws',
    z.string().refine(() => {
      throw new Error('broken')
    }),
    '"a"',
  ],
  ['the column cannot hold the result', z.enum(['a']).overwrite(() => 'b' as 'a'), '"a"'],
] as const)('the message goes to JSON.parse and zod where %s', (_why, type, text) => {
  expect(read(type, text)).toBe(UNSURE)
})
