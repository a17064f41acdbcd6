import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DdSketch } from './dd-sketch.ts'

const sketchOf = (values: readonly number[]) => {
  const sketch = new DdSketch(0.01)
  for (const value of values) sketch.add(value)
  return sketch
}

test('holds the same however its values are split and merged, through JSON too', () => {
  const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 40 })
  fc.assert(
    fc.property(values, values, (a, b) => {
      const merged = DdSketch.fromJson(0.01, JSON.parse(JSON.stringify(sketchOf(b).toJson())))
      merged.merge(sketchOf(a))
      expect(merged.toJson()).toEqual(sketchOf([...a, ...b]).toJson())
    }),
  )
})

test('knows the smallest, the largest and zero exactly', () => {
  const sketch = sketchOf([-1234.5, 0, -0, 0, 987.6])
  expect([0, 0.5, 1].map((q) => sketch.quantile(q))).toEqual([-1234.5, 0, 987.6])
  expect(sketch.zeros).toBe(3)
})

test('has no quantile without values', () => {
  expect(new DdSketch(0.01).quantile(0.5)).toBe(null)
})
