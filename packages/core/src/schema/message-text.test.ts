import { expect, test } from 'vitest'
import * as z from 'zod'
import { Batch } from '../batch/batch.ts'
import { bytes } from '../values/bytes.ts'
import { instant } from '../values/instant.ts'
import { defineSchema } from './define.ts'
import { schemas } from './fast-decoder/schemas.fixture.ts'
import { messageText } from './message-text.ts'

test.each(schemas.filter(({ schema }) => schema.name !== 'refined').map((each) => [each.schema.name, each] as const))(
  'a row of %s is written so that its schema reads the same row',
  (_, { schema, valid }) => {
    const decode = (text: string) => schema.decode([{ value: Buffer.from(text), offset: 0 }])
    const { batch } = decode(JSON.stringify(valid))
    const again = decode(messageText(schema)(batch.get(0)))
    expect(again.rejected).toEqual([])
    expect(again.batch.toArray()).toEqual(batch.toArray())
  },
)

test('epoch times and bytes are written as messages have them, wherever they are', () => {
  const inner = z.object({ when: instant({ epoch: 's' }).nullable(), blob: bytes().optional() })
  const Deep = defineSchema(
    z.object({
      at: instant(),
      one: inner.nullish(),
      list: z.array(inner.nullable()),
      map: z.record(z.string(), bytes()),
      either: z.discriminatedUnion('by', [z.object({ by: z.literal('a'), blob: bytes() }), z.object({ by: z.literal('b'), n: z.int() })]),
    }),
    { name: 'deep', time: 'at' },
  )
  const row = {
    at: new Date(0),
    one: { when: new Date(1500), blob: Uint8Array.of(1) },
    list: [null, { when: null }],
    map: { a: Uint8Array.of(2) },
    either: { by: 'a' as const, blob: Uint8Array.of(3) },
  }
  const text = messageText(Deep)(row)
  expect(JSON.parse(text)).toEqual({
    at: '1970-01-01T00:00:00.000Z',
    one: { when: 1.5, blob: 'AQ==' },
    list: [null, { when: null }],
    map: { a: 'Ag==' },
    either: { by: 'a', blob: 'Aw==' },
  })
  const decoded = Deep.decode([{ value: Buffer.from(text), offset: 0 }]).batch
  expect(decoded.toArray()).toEqual(Batch.of(Deep, [row]).toArray())
})
