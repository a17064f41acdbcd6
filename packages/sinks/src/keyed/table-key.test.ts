import { defineSchema, instant, json } from '@tickets/core'
import { schemaOfFields } from '@tickets/core/arrow'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { type AnyKeyOptions, checkKeyOptions, describeKey, keyColumns, revisionOf, tableKey } from './table-key.ts'

const plain = defineSchema(
  z.object({ id: z.string(), maybe: z.string().nullable(), at: instant(), gone: z.boolean().optional(), any: json(), revision: z.int32() }),
  { name: 'person', version: 1, time: 'at' },
)
const windows = schemaOfFields(plain.fields, { name: 'windows', keys: ['id', 'at'] })
const names = (schema: typeof windows, options: AnyKeyOptions) => {
  const key = tableKey(schema, options, 'file:/t')
  return key && { ...key, columns: key.columns.map(({ name }) => name) }
}

test('the key is as given, else that of windows, else none', () => {
  expect(names(plain as never, {})).toBe(null)
  expect(names(windows, {})).toEqual({ columns: ['id', 'at'], revision: 'revision', deleteWhen: null })
  expect(names(windows, { key: [] })).toBe(null)
  expect(names(plain as never, { key: 'maybe', deleteWhen: 'gone' })).toEqual({ columns: ['maybe'], revision: null, deleteWhen: 'gone' })
  expect(keyColumns(windows, ['at', 'id'], 'file:/t').map(({ name }) => name)).toEqual(['at', 'id'])
})

test('rows have a revision where they are of windows, and it is no part of the key', () => {
  expect(revisionOf(windows, ['id'])).toBe('revision')
  expect([revisionOf(windows, []), revisionOf(windows, ['id', 'revision']), revisionOf(plain as never, ['id'])]).toEqual([null, null, null])
})

test.each<[AnyKeyOptions, RegExp]>([
  [{ key: 'none' }, /windows has no column "none" to be a key of file:\/t; it has id, .*: set `key`/],
  [{ key: 'any' }, /"any" of file:\/t is of kind json, by which rows cannot be told apart/],
  [{ key: ['id', 'id'] }, /stands twice in the key/],
  [{ deleteWhen: 'none' }, /has no column "none" that says which rows of file:\/t are deleted/],
  [{ deleteWhen: 'maybe' }, /boolean column, and "maybe" is of kind string/],
  [{ key: [], deleteWhen: 'gone' }, /needs a key that says which row goes/],
  [{ key: ['id', 'gone'], deleteWhen: 'gone' }, /"gone", is part of the key/],
])('refuses %j, with what to do', (options, message) => {
  expect(() => names(windows, options)).toThrowError(expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringMatching(message) }))
})

test('a log remembers the key where one is given, in whatever order', () => {
  expect([{}, { key: [] }].map(describeKey)).toEqual(['', ''])
  expect([{ key: 'id' }, { key: ['id'] }].map(describeKey)).toEqual([' with key id', ' with key id'])
  expect(describeKey({ key: ['id', 'at'], deleteWhen: 'gone' })).toBe(describeKey({ key: ['at', 'id'], deleteWhen: 'gone' }))
  const others = [{}, { key: 'id' }, { key: ['id', 'at'] }, { deleteWhen: 'gone' }, { key: 'id', deleteWhen: 'gone' }]
  expect(new Set(others.map(describeKey)).size).toBe(others.length)
})

test.each([{ key: 7 }, { key: ['a', 7] }, { deleteWhen: ['a'] }])('refuses the form of %j', (options) => {
  expect(() => checkKeyOptions(options)).toThrowError(expect.objectContaining({ code: 'OPTION_INVALID' }))
})
