import fc from 'fast-check'
import { expect, test } from 'vitest'
import { count } from '../../aggregate/count.ts'
import { Accumulators } from '../groups/accumulators.ts'
import { SlidingFold } from './sliding-fold.ts'

test('folds each stretch as a fold of its parts from the start would, and leaves the parts as they are', () => {
  const accumulators = new Accumulators({ n: count() })
  fc.assert(
    fc.property(fc.array(fc.nat(9), { maxLength: 20 }), fc.array(fc.tuple(fc.nat(3), fc.nat(5)), { maxLength: 20 }), (numbers, steps) => {
      const parts = numbers.map((n) => ({ rows: n, accs: accumulators.fromJson([n]) }))
      const fold = new SlidingFold(accumulators, parts)
      let [from, to] = [0, 0]
      for (const [left, right] of steps) {
        to = Math.min(parts.length, to + right)
        from = Math.min(to, from + left)
        const sum = numbers.slice(from, to).reduce((a, b) => a + b, 0)
        const { rows, accs } = fold.of(from, to)
        expect([rows, accumulators.toJson(accs)]).toEqual([sum, [sum]])
      }
      expect(parts.map(({ accs }) => accumulators.toJson(accs)[0])).toEqual(numbers)
    }),
  )
})
