import { expect, it } from 'vitest'
import { ReadAhead } from './read-ahead.ts'

const source = (count: number, fails = -1) => {
  let begun = 0
  return {
    get begun() {
      return begun
    },
    begin: () => {
      if (begun === count) return null
      const n = begun++
      return n === fails ? Promise.reject(new Error(`piece ${n}`)) : Promise.resolve(n)
    },
  }
}

it('begins with one piece more than it gives, and keeps their order', async () => {
  const ahead = new ReadAhead<number>()
  const { begin, ...pieces } = source(4)
  const given: (number | undefined)[] = []
  for (let i = 0; i < 5; i++) given.push(await ahead.next(begin))
  expect(given).toEqual([0, 1, 2, 3, undefined])
  expect(pieces.begun).toBe(0)
  expect(ahead.length).toBe(0)
})

it('never has more than two pieces under way', async () => {
  const ahead = new ReadAhead<number>()
  const pieces = source(10)
  await ahead.next(pieces.begin)
  expect([pieces.begun, ahead.length]).toEqual([2, 1])
  await ahead.next(pieces.begin)
  expect([pieces.begun, ahead.length]).toEqual([3, 1])
})

it('fails where the piece that failed would have come, and not before', async () => {
  const ahead = new ReadAhead<number>()
  const { begin } = source(3, 1)
  expect(await ahead.next(begin)).toBe(0)
  // Until somebody asks for it, its error is no unhandled one.
  await new Promise((done) => setImmediate(done))
  await expect(ahead.next(begin)).rejects.toThrow('piece 1')
  expect(await ahead.next(begin)).toBe(2)
})
