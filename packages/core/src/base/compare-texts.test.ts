import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { max, min } from '../aggregate/extreme.ts'
import { first } from '../aggregate/first-last.ts'
import { topK } from '../aggregate/top-k.ts'
import type { Sink } from '../connectors/sink.ts'
import { into } from '../operators/into.ts'
import { windowed } from '../operators/windowed.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import { defineSchema } from '../schema/define.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { memorySink } from '../testing/memory-sink.ts'
import { memorySource, messagesOf } from '../testing/memory-source.ts'
import { instant } from '../values/instant.ts'
import { session } from '../window/session.ts'
import { tumbling } from '../window/tumbling.ts'
import { compareTexts, sortTexts } from './compare-texts.ts'

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('a', 'é', '\ud7ff', '\ue000', '\ufeff', '\ufffd', '\uffff', '😀', '𐀀', '\u{10ffff}'), { maxLength: 5 })
    .map((all) => all.join('')),
)

test('texts are ordered as their UTF-8 bytes are', () => {
  fc.assert(fc.property(text, text, (a, b) => Math.sign(compareTexts(a, b)) === Buffer.compare(Buffer.from(a), Buffer.from(b))))
  fc.assert(
    fc.property(fc.array(text), (all) => {
      expect(sortTexts([...all])).toEqual([...all].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))))
    }),
  )
})

const Name = defineSchema(z.object({ at: instant(), name: z.string() }), { name: 'name', version: 1, time: 'at' })
const at = (name: string, second = 0) => ({ at: new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString(), name })
/** By UTF-16 units the second one is the least of the last three. */
const names = ['b', '\ufffd', '😀', '\ue000']

test.each([
  ['one task', [names]],
  ['put together from two', [names.slice(0, 2), names.slice(2)]],
])('min, max, first and topK go by that order, and so do keys: %s', async (_what, partitions) => {
  const [sums, keys, visits] = [memorySink<object>('sums'), memorySink<{ name: string }>('keys'), memorySink<{ name: string }>('visits')]
  await pipeline({
    name: 'names',
    source: { ...memorySource({ schema: Name, partitions: partitions.map((some) => messagesOf(some.map((name) => at(name)))) }), keyedBy: ['name'] },
    log: memoryLog(),
    flows: (rows) => ({
      sums: rows.pipe(
        windowed(tumbling({ size: '1 minute' }), {
          aggregate: { least: min('name'), most: max('name'), top: topK('name', 4), first: first('name') },
        }),
        into(sums as Sink<unknown>),
      ),
      keys: rows.pipe(windowed(tumbling({ size: '1 minute' }), { by: 'name', aggregate: {} }), into(keys as Sink<unknown>)),
      visits: rows.pipe(windowed(session({ gap: '1s' }), { by: 'name', aggregate: {} }), into(visits as Sink<unknown>)),
    }),
  }).run({ handleSignals: false })
  const ordered = ['b', '\ue000', '\ufffd', '😀']
  expect(sums.rows).toMatchObject([{ least: 'b', most: '😀', top: JSON.stringify(ordered.map((name) => [name, 1])) }])
  expect(keys.rows.map(({ name }) => name)).toEqual(ordered)
  if (partitions.length === 1) expect(visits.rows.map(({ name }) => name)).toEqual(ordered)
})
