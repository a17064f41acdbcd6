import { Batch } from '@tickets/core'
import { expect, test } from 'vitest'
import { Every, plain } from '../../test/helpers.ts'
import type { Encoder } from '../encoders/encoder.ts'
import { keptIntake } from './kept-intake.ts'

const batchOf = (...small: number[]) =>
  Batch.of(
    Every,
    small.map((value) => ({ ...plain, small: value })),
  ) as Batch<unknown>
/** Writes the numbers of its rows. */
const encoder: Encoder = {
  extension: 'txt',
  encode: async (_, batches) => Buffer.from(batches.flatMap((batch) => [...batch].map((row) => (row as Every).small)).join()),
}
const intakeOf = (maxRowsPerFile = Number.POSITIVE_INFINITY) =>
  keptIntake({ schema: Every as never, encoder, plan: null, sortBy: null, key: null, maxRowsPerFile })
const encoded = async (cut: ReturnType<ReturnType<typeof intakeOf>['cut']>) =>
  Promise.all([...cut.files()].map(async ({ rows, encode }) => [rows, Buffer.concat(await encode(new Map())).toString()]))

test('a range has the rows that were added before it was cut, split into files', async () => {
  const intake = intakeOf(3)
  await intake.add(batchOf(1, 2))
  await intake.add(batchOf(3, 4))
  const first = intake.cut(false)
  await intake.add(batchOf(5))
  expect(await encoded(first)).toEqual([
    [3, '1,2,3'],
    [1, '4'],
  ])
  expect(await encoded(intake.cut(false))).toEqual([[1, '5']])
})

test('of rows with one key only the last is written, and those that delete are in files of their own', async () => {
  const key = { columns: Every.fields.filter(({ name }) => name === 'small'), revision: null, deleteWhen: 'yesOrNot' }
  const intake = keptIntake({ schema: Every as never, encoder, plan: null, sortBy: null, key, maxRowsPerFile: 2 })
  await intake.add(batchOf(1, 2, 1, 3, 4))
  await intake.add(Batch.of(Every, [{ ...plain, small: 2, yesOrNot: true }]) as Batch<unknown>)
  expect(await encoded(intake.cut(false))).toEqual([
    [2, '1,3'],
    [1, '4'],
    [1, '2'],
  ])
  expect(await encoded(intake.cut(true))).toEqual([[0, '']])
})

test('a range without rows has a file only where one is asked for, and close gives up what was added', async () => {
  const intake = intakeOf()
  expect([intake.cut(false).isEmpty, intake.cut(true).isEmpty]).toEqual([true, false])
  expect(await encoded(intake.cut(true))).toEqual([[0, '']])
  await intake.add(batchOf(1))
  intake.close()
  expect(intake.cut(false).isEmpty).toBe(true)
})
