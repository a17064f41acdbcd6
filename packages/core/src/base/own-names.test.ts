import { expect, test } from 'vitest'
import { addCounts, byName, putIn, valueAt, valueIn } from './own-names.ts'

test('a value is read only where the row itself has it, or its class', () => {
  expect([valueIn({}, 'constructor'), valueIn({ constructor: 1 }, 'constructor'), valueIn({ a: 1 }, 'a')]).toEqual([undefined, 1, 1])
  class Row {
    get name() {
      return 'of the class'
    }
  }
  expect(valueIn(new Row(), 'name')).toBe('of the class')
})

test('a value named __proto__ is a value, and leaves the prototype alone', () => {
  const row = {}
  putIn(row, '__proto__', 1)
  putIn(row, 'a', 2)
  expect(Object.entries(row)).toEqual([
    ['__proto__', 1],
    ['a', 2],
  ])
  expect(Object.getPrototypeOf(row)).toBe(Object.prototype)
})

test('counts add up by name, those of inherited names too', () => {
  const total = addCounts(addCounts(byName(), { a: 1, toString: 2 }), { a: 2 })
  expect({ ...total }).toEqual({ a: 3, toString: 2 })
  expect(byName<number>().constructor).toBeUndefined()
})

test('a value is found at the path of a member, and a name with dots comes before a path', () => {
  const row = { user: { country: 'FR', 'home.city': 'Lyon', none: null }, 'user.country': 'DE', 'a.b': { c: 1 } }
  expect(
    ['user.home.city', 'user.country', 'user.none', 'a.b.c', 'user.toString', 'user.country.x', 'x.y'].map((path) => valueAt(row, path)),
  ).toEqual(['Lyon', 'DE', null, 1, undefined, undefined, undefined])
})
