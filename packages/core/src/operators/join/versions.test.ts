import { expect, test } from 'vitest'
import { Versions } from './versions.ts'

const read = (texts: readonly string[]) => texts.map((text) => JSON.parse(text) as string)

test('9.3 a time sees the latest version that is not after it; of two with one time the later one; none after a tombstone', () => {
  const versions = new Versions<string>()
  versions.put('a', 10, 'ten')
  versions.put('a', 5, 'five')
  versions.put('a', 10, 'ten again')
  versions.put('a', 20, null)
  expect([4, 5, 9, 10, 19, 20, 99].map((time) => versions.at('a', time))).toEqual([
    undefined,
    'five',
    'five',
    'ten again',
    'ten again',
    undefined,
    undefined,
  ])
  expect([versions.newest('a'), versions.held]).toEqual([undefined, 3])
})

test('9.3 a late version is seen from the watermark on that had passed it, in its place', () => {
  const versions = new Versions<string>()
  versions.put('a', 1, 'one')
  versions.put('a', 5, 'late', 8)
  expect([4, 7, 8].map((time) => versions.at('a', time))).toEqual(['one', 'one', 'late'])
  versions.put('a', 6, 'later', 9)
  expect([8, 9].map((time) => versions.at('a', time))).toEqual(['late', 'later'])
})

test('forgets what no row from a time on sees, and keeps that a key is gone, since an older version may still come', () => {
  const versions = new Versions<string>()
  for (const time of [1, 2, 3]) versions.put('a', time, String(time))
  versions.forget(2)
  expect([versions.held, versions.at('a', 2), versions.at('a', 3)]).toEqual([2, '2', '3'])
  versions.put('a', 4, null)
  versions.forget(100)
  versions.put('a', 3, 'late', 100)
  expect([versions.at('a', 100), versions.held]).toEqual([undefined, 2])
})

test('a snapshot has what changed, or all, and what is restored from them is the same', () => {
  const [versions, back] = [new Versions<string>(), new Versions<string>()]
  const save = (whole: boolean) => back.restore(JSON.parse(JSON.stringify(versions.snapshot(whole, JSON.stringify))), read)
  versions.put('a', 1, 'one')
  versions.put('b', 1, null)
  save(true)
  versions.put('a', 2, 'two')
  versions.put('c', 1, 'late', 7)
  save(false)
  versions.forget(2)
  expect(versions.snapshot(false, JSON.stringify)).toEqual([['a', [[2, '"two"']]]])
  expect([back.at('a', 1), back.at('a', 2), back.at('b', 1), back.at('c', 6), back.at('c', 7), back.held]).toEqual([
    'one',
    'two',
    undefined,
    undefined,
    'late',
    4,
  ])
  back.forget(2)
  expect(back.held).toBe(3)
})
