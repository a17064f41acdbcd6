import { Batch } from '@tickets/core'
import { expect, test } from 'vitest'
import { Every, plain } from '../../test/helpers.ts'
import type { OpenFile } from '../encoders/encoder.ts'
import { streamedIntake } from './streamed-intake.ts'

const batchOf = (...small: number[]) =>
  Batch.of(
    Every,
    small.map((value) => ({ ...plain, small: value })),
  ) as Batch<unknown>

function intakeOf(most = Number.POSITIVE_INFINITY) {
  const opened: number[][] = []
  const dropped: number[] = []
  const open = (): OpenFile => {
    const rows: number[] = []
    const number = opened.push(rows) - 1
    return {
      add: async (batch) => void rows.push(...[...batch].map((row) => (row as Every).small)),
      finish: async (footer) => [Buffer.from(`${rows} ${footer.get('a')}`)],
      drop: () => void dropped.push(number),
    }
  }
  return { intake: streamedIntake(open, most), opened, dropped }
}
type Cut = ReturnType<ReturnType<typeof streamedIntake>['cut']>
const encoded = (cut: Cut) =>
  Promise.all([...cut.files()].map(async ({ rows, encode }) => [rows, Buffer.concat(await encode(new Map([['a', 'b']]))).toString()]))

test('rows go to their file as they come, and the next file begins where one is full', async () => {
  const { intake, opened } = intakeOf(3)
  await intake.add(batchOf(1, 2))
  expect(opened).toEqual([[1, 2]])
  await intake.add(batchOf(3, 4, 5, 6, 7))
  expect(opened).toEqual([[1, 2, 3], [4, 5, 6], [7]])
  const first = intake.cut(false)
  await intake.add(batchOf(8))
  expect(await encoded(first)).toEqual([
    [3, '1,2,3 b'],
    [3, '4,5,6 b'],
    [1, '7 b'],
  ])
  expect(await encoded(intake.cut(false))).toEqual([[1, '8 b']])
})

test('a batch whose rows go to several files is released when all of them have released their part', async () => {
  const releases: (() => void)[] = []
  const open = (): OpenFile => ({ add: async (_, release) => void releases.push(release as () => void), finish: async () => [], drop() {} })
  const intake = streamedIntake(open, 2)
  let released = 0
  await intake.add(batchOf(1, 2, 3), () => void released++)
  expect([releases.length, released]).toEqual([2, 0])
  releases[1]?.()
  expect(released).toBe(0)
  releases[0]?.()
  expect(released).toBe(1)
})

test('a full file is followed by none without rows', async () => {
  const { intake, opened } = intakeOf(2)
  await intake.add(batchOf(1, 2))
  await intake.add(batchOf())
  intake.cut(false)
  expect(opened).toEqual([[1, 2]])
})

test('a range without rows has a file only where one is asked for', async () => {
  const { intake } = intakeOf()
  expect(intake.cut(false).isEmpty).toBe(true)
  const cut = intake.cut(true)
  expect([cut.isEmpty, await encoded(cut)]).toEqual([false, [[0, ' b']]])
})

test('files that are not wanted are given up: those of the range that has not ended, and those of one that failed', async () => {
  const { intake, dropped } = intakeOf(1)
  await intake.add(batchOf(1, 2))
  const cut = intake.cut(false)
  await intake.add(batchOf(3))
  intake.close()
  expect(dropped).toEqual([2])
  cut.drop()
  expect(dropped).toEqual([2, 0, 1])
})
