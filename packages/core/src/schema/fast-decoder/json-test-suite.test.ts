import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { instant } from '../../values/instant.ts'
import { json } from '../../values/json-value.ts'
import { defineSchema } from '../define.ts'
import { compare } from './decoders.fixture.ts'

type Packed = string | { readonly repeat: string; readonly times: number; readonly then?: string }

/** The public JSONTestSuite: names that begin with `y` are valid, with `n` invalid, and with `i` left to the parser. */
const { files } = JSON.parse(readFileSync(new URL('./json-test-suite.fixture.json', import.meta.url), 'utf8')) as { files: Record<string, Packed> }

const plain = (text: string) => Buffer.from(text, 'base64')
const bytesOf = (file: Packed) =>
  typeof file === 'string' ? plain(file) : Buffer.concat([...Array.from({ length: file.times }, () => plain(file.repeat)), plain(file.then ?? '')])
const suite = Object.entries(files).map(([name, file]) => ({ name, bytes: bytesOf(file) }))

const shape = {
  at: instant(),
  any: json().optional(),
  text: z.string().optional(),
  n: z.number().optional(),
  list: z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
  map: z.record(z.string(), json()).optional(),
  o: z.object({ any: json().optional(), n: z.number().optional() }).optional(),
}
const dropping = defineSchema(z.object(shape), { name: 'dropping', time: 'at' })
const schemas = [
  dropping,
  defineSchema(z.strictObject(shape), { name: 'strict', time: 'at' }),
  defineSchema(z.object(shape), { name: 'refusing', time: 'at', unknown: 'refuse' }),
  defineSchema(z.object({ ...shape, rest: json() }), { name: 'keeping', time: 'at', unknown: { keep: 'rest' } }),
]

const at = '"at":"2026-01-01T00:00:00Z"'
/** Places of a value in a message: a known and an unknown field, flat and nested, at the end and before others. */
const places: Readonly<Record<string, readonly [before: string, after: string]>> = {
  any: [`{${at},"any":`, '}'],
  text: [`{"text":`, `,${at}}`],
  number: [`{${at},"n":`, '}'],
  list: [`{${at},"list":`, '}'],
  record: [`{${at},"map":`, '}'],
  element: [`{${at},"list":[1,`, ']}'],
  member: [`{${at},"o":{"any":`, '}}'],
  'member number': [`{"o":{"n":`, `},${at}}`],
  unknown: [`{${at},"extra":`, '}'],
  'unknown first': [`{"extra":`, `,${at}}`],
  'unknown member': [`{${at},"o":{"extra":`, ',"n":1}}'],
  'unknown depths': [`{${at},"extra":{"a":[`, ']}}'],
  'rest itself': [`{"rest":`, `,${at}}`],
  whole: ['', ''],
}

test('all files are there, and most of each kind', () => {
  const kinds = suite.map(({ name }) => name.slice(0, 2))
  expect(suite).toHaveLength(318)
  expect(['y_', 'n_', 'i_'].map((kind) => kinds.filter((one) => one === kind).length)).toEqual([95, 188, 35])
})

test.each(Object.entries(places))('law 9: both decoders agree on each file of JSONTestSuite in the place "%s"', (_, [before, after]) => {
  for (const { bytes } of suite) {
    const value = new Uint8Array(Buffer.concat([Buffer.from(before), bytes, Buffer.from(after)]))
    for (const schema of schemas) compare(schema, [value])
  }
})

test('what the suite calls valid is a value, and what it calls invalid is none', () => {
  const verdicts = suite.map(({ name, bytes }) => {
    const value = new Uint8Array(Buffer.concat([Buffer.from(`{${at},"extra":`), bytes, Buffer.from('}')]))
    return { name, isRow: dropping.decode([{ value, offset: 0 }]).batch.length === 1 }
  })
  const wrong = verdicts.filter(({ name, isRow }) => (name.startsWith('y_') && !isRow) || (name.startsWith('n_') && isRow))
  expect(wrong.map(({ name }) => name)).toEqual([])
})
