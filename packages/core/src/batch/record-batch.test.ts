import {
  type Data,
  Dictionary,
  Field,
  Int8,
  makeData,
  makeVector,
  RecordBatch,
  Schema,
  Struct,
  TimestampMillisecond,
  Utf8,
  vectorFromArray,
} from 'apache-arrow'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { defineSchema } from '../schema/define.ts'
import { instant } from '../values/instant.ts'
import { join } from './batch.ts'
import { fromRecordBatch } from './record-batch.ts'

const Row = defineSchema(z.object({ at: instant(), level: z.enum(['low', 'high']).nullable() }), { name: 'row', time: 'at' })

/** A record batch from elsewhere, whose dictionary has its members in an order of its own. */
function foreign(members: readonly string[], levels: readonly (string | null)[]): RecordBatch {
  const type = new Dictionary(new Utf8(), new Int8())
  const nullBitmap = new Uint8Array(1)
  levels.forEach((level, i) => {
    if (level !== null) nullBitmap[0] = (nullBitmap[0] as number) | (1 << i)
  })
  const nullCount = levels.filter((level) => level === null).length
  const data = Int8Array.from(levels, (level) => (level === null ? 0 : members.indexOf(level)))
  const dictionary = vectorFromArray([...members], new Utf8())
  const level = makeData({ type, length: levels.length, nullCount, nullBitmap, data, dictionary } as never)
  const at = makeVector(makeData({ type: new TimestampMillisecond('UTC'), length: levels.length, data: new BigInt64Array(levels.length) } as never))
    .data[0]
  const schema = new Schema([new Field('at', new TimestampMillisecond('UTC'), false), new Field('level', type, true)])
  const rows: unknown = makeData({ type: new Struct(schema.fields), length: levels.length, nullCount: 0, children: [at, level] } as never)
  return new RecordBatch(schema, rows as Data<Struct>)
}

const levelsOf = (batch: { toArray(): { level: string | null }[] }) => batch.toArray().map(({ level }) => level)

test('enums keep their meaning whatever the order of their dictionary, joined too', () => {
  const [one, other] = [foreign(['low', 'high'], ['low', null]), foreign(['high', 'low'], ['high', 'low', null])].map((batch) =>
    fromRecordBatch(Row, batch),
  )
  expect(levelsOf(other as never)).toEqual(['high', 'low', null])
  expect(levelsOf(join([one, other] as never) as never)).toEqual(['low', null, 'high', 'low', null])
})

test('a member that the schema has not is refused; one that no row has is not', () => {
  expect(() => fromRecordBatch(Row, foreign(['low', 'urgent'], ['urgent']))).toThrow('"level" has "urgent", which is none of low, high')
  expect(levelsOf(fromRecordBatch(Row, foreign(['urgent', 'low'], ['low'])) as never)).toEqual(['low'])
})
