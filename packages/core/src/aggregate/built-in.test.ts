import { expect, test } from 'vitest'
import { isBuiltIn } from './built-in.ts'
import { count, countWhere } from './count.ts'
import { max } from './extreme.ts'
import { last } from './first-last.ts'
import { mean } from './mean.ts'
import { sum } from './sum.ts'

test('a copy of an aggregate with another result is not the one that it was', () => {
  for (const agg of [count(), countWhere('a', 1), sum('a'), mean('a'), max('a'), last('a')]) {
    expect(isBuiltIn(agg)).toBe(true)
    expect(isBuiltIn({ ...agg })).toBe(false)
  }
})
