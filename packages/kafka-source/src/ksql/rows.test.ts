import { defineSchema, instant } from '@tickets/core'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { placeOf, rowMaker } from './rows.ts'

const Row = defineSchema(z.object({ id: z.string(), at: instant(), n: z.int(), amount: z.number().optional(), open: z.boolean().optional() }), {
  name: 'row',
  time: 'at',
})
const columns = ['ID', 'AT', 'N', 'AMOUNT', 'OPEN']
const types = ['STRING', 'TIMESTAMP', 'BIGINT', 'DECIMAL(10, 2)', 'BOOLEAN']
const make = (columnNames = columns, columnTypes = types) => rowMaker({ columnNames, columnTypes }, Row.name, Row.fields)
const parsed = (line: string) => JSON.parse(make()(line)) as unknown

it('maps columns to fields of the same name, in capitals or not', () => {
  expect(parsed('["a","2024-01-01T00:00:00.000",7,1.5,true]')).toEqual({ id: 'a', at: '2024-01-01T00:00:00.000Z', n: 7, amount: 1.5, open: true })
})

it('leaves optional nulls out, and keeps the others for the schema to reject', () => {
  expect(parsed('[null,"2024-01-01T00:00:00Z",7,null,null]')).toEqual({ id: null, at: '2024-01-01T00:00:00Z', n: 7 })
})

it('makes an instant of a BIGINT', () => {
  const line = make(['ID', 'AT', 'N'], ['STRING', 'BIGINT', 'INT'])('["a",0,1]')
  expect(JSON.parse(line)).toMatchObject({ at: '1970-01-01T00:00:00.000Z' })
})

it('keeps a row with an integer beyond 2^53 as the text it is', () => {
  const line = '["a","2024-01-01T00:00:00Z",9007199254740993,null,null]'
  expect(make()(line)).toBe(line)
})

it('names a field without a column, and a column of another type', () => {
  expect(() => make(['ID', 'AT'], ['STRING', 'TIMESTAMP'])).toThrow(
    expect.objectContaining({ code: 'SCHEMA_MISMATCH', message: expect.stringMatching(/no column for "n".*AS n/) }),
  )
  expect(() => make(columns, ['STRING', 'TIMESTAMP', 'STRING', 'DOUBLE', 'BOOLEAN'])).toThrow(/column N is STRING.*integer.*CAST/)
})

it('finds the place of a row where it is selected, and takes it along', () => {
  expect(placeOf(['id', 'rowpartition', 'ROWOFFSET'])).toEqual([1, 2])
  expect(placeOf(['id'])).toEqual([-1, -1])
  const line = make(
    ['ID', 'AT', 'N', 'ROWPARTITION', 'ROWOFFSET'],
    ['STRING', 'TIMESTAMP', 'INT', 'INT', 'BIGINT'],
  )('["a","2024-01-01T00:00:00Z",1,2,30]')
  expect(JSON.parse(line)).toMatchObject({ ROWPARTITION: 2, ROWOFFSET: 30 })
})
