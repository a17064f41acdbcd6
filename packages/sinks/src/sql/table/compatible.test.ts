import { expect, test } from 'vitest'
import { Every } from '../../../test/helpers.ts'
import { mysqlDialect } from '../../mysql/dialect/dialect.ts'
import type { ExistingTable } from '../connection/dialect.ts'
import { checkTableFor } from './compatible.ts'

const fields = Every.fields.filter(({ name }) => ['text', 'whole'].includes(name))
const wanted = fields.map((field) => mysqlDialect.columnOf(field, field.name === 'whole', 'utf8mb4_bin'))
const existing = (more: Partial<ExistingTable> = {}, column: object = {}): ExistingTable => ({
  unusable: null,
  columns: wanted.map((one) => ({ ...one, filled: one.nullable, computed: false, ...column })),
  refuses: false,
  unique: [['whole']],
  partlyUnique: [],
  longIndexes: [],
  ...more,
})
const check = (table: ExistingTable, key = ['whole']) => checkTableFor(mysqlDialect, 't', 'mysql:x/y/t', table, fields, wanted, key)

test('a table with the columns and the key of the rows is taken', () => {
  expect(check(existing()).map(({ name }) => name)).toEqual(['text', 'whole'])
})

test.each<[what: string, table: ExistingTable, key?: string[]]>([
  ['it is a view', existing({ unusable: 'it is a view' })],
  ['no column "text"', existing({ columns: [] })],
  ['which does not hold every string', existing({}, { type: 'int' })],
  ['is computed', existing({}, { computed: true })],
  ['no unique index on the key', existing({ unique: [] })],
  ['a unique index on (text)', existing({ unique: [['whole'], ['text']] })],
  ['the sink has no key', existing(), []],
  ['a unique index on (text)', existing({ partlyUnique: [['text']] })],
  ['no unique index on the key', existing({ unique: [], partlyUnique: [['whole']] })],
])('a table that cannot take the rows is refused with why: %s', (what, table, key) => {
  expect(() => check(table, key)).toThrowError(expect.objectContaining({ code: 'TARGET_UNUSABLE', message: expect.stringContaining(what) }))
})
