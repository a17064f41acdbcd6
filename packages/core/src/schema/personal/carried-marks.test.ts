import { expect, test } from 'vitest'
import * as z from 'zod'
import type { PersonalMarks } from '../../store/personal-marks.ts'
import { instant } from '../../values/instant.ts'
import { defineSchema } from '../define.ts'
import { carriedMarks, withMarks } from './carried-marks.ts'

const Row = defineSchema(z.object({ at: instant(), who: z.string(), what: z.string() }), { name: 'row', time: 'at' })
const marks: PersonalMarks = new Map([['who', 'hashed']])
const before = { zod: Row.zod, marks }
const fresh = (shape: z.core.$ZodShape, meta = {}) => defineSchema(z.object({ at: instant(), ...shape }).meta(meta), { name: 'fresh', time: 'at' })
const carried = (schema: Parameters<typeof carriedMarks>[1], from?: string[], rows = before) => [...carriedMarks(rows, schema, from)]

test('the rows of one type keep their marks', () => {
  expect(carriedMarks(before, Row)).toBe(marks)
})

test('columns that stay keep their marks, and new ones have their own', () => {
  const more = Row.extend('more', { mail: z.string().meta({ personal: true }), n: z.int().meta({ personal: false }) })
  expect(carried(more)).toEqual([
    ['who', 'hashed'],
    ['mail', 'plain'],
  ])
})

test('a new column without a mark is unknown where it may come from a personal one', () => {
  const more = Row.extend('more', { note: z.string() })
  expect(carried(more)).toEqual([
    ['who', 'hashed'],
    ['note', 'unknown'],
  ])
  expect(carried(more, ['who'])).toContainEqual(['note', 'unknown'])
  expect(carried(more, ['what'])).toEqual([['who', 'hashed']])
  expect(carried(more, undefined, { zod: Row.zod, marks: new Map() })).toEqual([])
})

test('a column that is replaced loses its mark only with one of its own', () => {
  expect(carried(Row.extend('less', { who: z.string() }))).toEqual([['who', 'unknown']])
  expect(carried(Row.extend('less', { who: z.string().meta({ personal: false }) }))).toEqual([])
})

test('a schema of its own counts by its marks, and without any is unknown, not free of personal data', () => {
  expect(carried(fresh({ id: z.string(), mail: z.string().meta({ personal: true }) }))).toEqual([['mail', 'plain']])
  expect(carried(fresh({ id: z.string() }, { personal: false }))).toEqual([])
  expect(carried(fresh({ id: z.string() }))).toEqual([
    ['at', 'unknown'],
    ['id', 'unknown'],
  ])
  expect(carried(fresh({ id: z.string() }), undefined, { zod: Row.zod, marks: new Map() })).toEqual([])
})

test('rows get marks only where they were asked for', () => {
  const metadata = { watermarks: new Float64Array(0), offsets: new Float64Array(0) }
  expect(withMarks(null, Row, () => marks)).toBe(null)
  expect(withMarks(metadata, Row, () => marks)).toBe(metadata)
  expect(withMarks({ ...metadata, personal: before }, Row, () => new Map())?.personal).toEqual({ zod: Row.zod, marks: new Map() })
})
