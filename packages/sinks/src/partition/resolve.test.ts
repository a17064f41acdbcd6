import { expect, test } from 'vitest'
import { Every } from '../../test/helpers.ts'
import { bucket, day } from './partition-by.ts'
import { emptyFolder, fieldAt, resolvePartitions } from './resolve.ts'

test('columns are found by name, and errors give the nearest names for others', () => {
  expect(Every.fields[fieldAt(Every, 'text', 'sortBy')]?.name).toBe('text')
  expect(() => fieldAt(Every, 'txet', 'sortBy')).toThrowError(/sortBy.*"text"/)
})

test.each([
  ['at', 'use day("at")'],
  ['real', 'floating-point'],
  [day('text'), 'takes a column of instants'],
  [day('at', { as: '.at' }), 'skip folders'],
  [day('at', { as: 'Text' }), 'would stand beside'],
  [bucket('real', 4), 'bucket("real", 4) takes a string, enum, integer, date, instant, decimal or bytes, "real" is of kind number'],
  [bucket('yes', 4), '"yes" is of kind boolean'],
  [bucket('txet', 4), 'the nearest are "text"'],
  [bucket('text', 4, { as: 'Kind' }), 'would stand beside'],
])('%j cannot be a partition', (by, why) => {
  expect(() => resolvePartitions([by as never], Every)).toThrowError(
    expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(why) }),
  )
})

test('an empty dataset stands in a folder that readers infer the types from', () => {
  const { resolved } = resolvePartitions(['text', 'yes', 'small', 'kindOrNull', bucket('text', 4)], Every)
  expect(emptyFolder(resolved)).toBe('text=__EMPTY__/yes=false/small=0/kindOrNull=x/text_bucket=0')
})
