import { expect, test } from 'vitest'
import { Every, plain } from '../../test/helpers.ts'
import { batched, written } from '../../test/written.ts'
import { Microseconds, readFooter, readRows } from './parquet-reader.ts'

const file = written(Every, batched(Every, [plain, { ...plain, small: 7 }]))

test('reads the columns that are asked for and there', async () => {
  expect(await readRows(file, ['small', 'nowhere', 'yes'])).toEqual([
    { small: plain.small, yes: true },
    { small: 7, yes: true },
  ])
})

test('finds the footer wherever the parts are cut', async () => {
  for (const at of [0, 1, 100, file.length - 20, file.length - 8, file.length - 3, file.length]) {
    expect(Number((await readFooter([file.subarray(0, at), new Uint8Array(0), file.subarray(at)])).num_rows)).toBe(2)
  }
})

test('an instant in microseconds lies between two milliseconds, also before 1970', () => {
  const around = (micros: bigint) => [new Microseconds(micros).floor.getTime(), new Microseconds(micros).ceiling.getTime()]
  expect([1500n, -1500n, 2000n, -2000n].map(around)).toEqual([
    [1, 2],
    [-2, -1],
    [2, 2],
    [-2, -2],
  ])
})
