import { from, lastValueFrom, toArray } from 'rxjs'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { count } from '../aggregate/count.ts'
import { first } from '../aggregate/first-last.ts'
import { topK } from '../aggregate/top-k.ts'
import { Batch } from '../batch/batch.ts'
import { deadLetters } from '../connectors/dead-letter.ts'
import { windowed } from '../operators/windowed.ts'
import { defineSchema } from '../schema/define.ts'
import { instant } from '../values/instant.ts'
import { tumbling } from './tumbling.ts'

// A leading U+FEFF is a part of the text as any other character, though decoders take it for a byte order mark by default.
const long = 'longer than the texts that are kept as they are'
const texts = ['a', '\ufeffa', '\ufeff', '', `\ufeff${long}`, long]
const Row = defineSchema(z.object({ at: instant(), text: z.string(), kind: z.enum(['x', '\ufeffx']) }), { name: 'row', time: 'at' })
const rows = [...texts, ...texts].map((text, i) => ({ at: new Date(i), text, kind: i % 2 ? ('x' as const) : ('\ufeffx' as const) }))

const windows = (by: 'text' | 'kind') =>
  lastValueFrom(
    from([Batch.of(Row, rows)]).pipe(
      windowed(tumbling({ size: '1 second' }), { by, aggregate: { rows: count(), first: first('text'), top: topK('text', 10) } }),
      toArray(),
    ),
  ).then((all) => all.flatMap((batch) => batch.toArray() as { text: string; kind: string; rows: number; first: string; top: string }[]))

test('texts that differ in a leading U+FEFF are keys of their own, of text and of enums', async () => {
  const found = await windows('text')
  expect(found.map((row) => [row.text, row.rows, row.first]).sort()).toEqual(texts.map((text) => [text, 2, text]).sort())
  const kinds = await windows('kind')
  expect(kinds.map((row) => [row.kind, row.rows]).sort()).toEqual([
    ['x', 6],
    ['\ufeffx', 6],
  ])
})

test('a dead letter keeps a leading U+FEFF of its value and key', () => {
  const bytes = (text: string) => new TextEncoder().encode(text)
  const [letter] = deadLetters('t', 't-0', [{ offset: 1, reason: 'r', key: bytes('\ufeffk'), value: bytes('\ufeff{}') }]).toArray()
  expect(letter).toMatchObject({ key: '\ufeffk', value: '\ufeff{}', encoding: 'utf8' })
})
