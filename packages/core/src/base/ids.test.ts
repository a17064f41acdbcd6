import { expect, test } from 'vitest'
import { randomId } from './ids.ts'

test('ids have 8 hexadecimal digits and differ', () => {
  const ids = Array.from({ length: 1000 }, randomId)
  expect(ids.every((id) => /^[0-9a-f]{8}$/.test(id))).toBe(true)
  expect(new Set(ids).size).toBeGreaterThan(995)
})
