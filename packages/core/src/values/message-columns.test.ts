import { expect, expectTypeOf, test } from 'vitest'
import * as z from 'zod'
import { instant } from './instant.ts'
import { messageHeader, messageKey, messageOffset, messagePartition, messageTimestamp, partOfCheck } from './message-columns.ts'

const partOf = (type: { readonly _zod: { readonly def: object } }) => {
  const { checks = [] } = type._zod.def as { checks?: readonly { readonly _zod: { readonly def: { readonly fn?: unknown } } }[] }
  return checks.map(({ _zod }) => partOfCheck(_zod.def.fn)).find((part) => part !== undefined)
}

test('each type is marked with its part of the message, and clones keep the mark', () => {
  expect(partOf(messageKey())).toEqual({ of: 'key', as: 'text' })
  expect(partOf(messageKey({ as: 'bytes' }).meta({ title: 'k' }))).toEqual({ of: 'key', as: 'bytes' })
  expect(partOf(messageHeader('a').describe('h'))).toEqual({ of: 'header', name: 'a', as: 'text' })
  expect(partOf(messageHeader('a', { as: 'bytes' }))).toEqual({ of: 'header', name: 'a', as: 'bytes' })
  expect([messageTimestamp(), messageOffset(), messagePartition().min(0)].map((type) => partOf(type)?.of)).toEqual([
    'timestamp',
    'offset',
    'partition',
  ])
  expect([instant(), z.string()].map(partOf)).toEqual([undefined, undefined])
})

test('types of values', () => {
  const Row = z.object({ key: messageKey(), raw: messageKey({ as: 'bytes' }), at: messageTimestamp(), offset: messageOffset() })
  type Row = z.output<typeof Row>
  expectTypeOf<Omit<Row, 'raw'>>().toEqualTypeOf<{ key: string | null; at: Date; offset: number }>()
  expectTypeOf<Row['raw']>().toExtend<Uint8Array | null>()
})
