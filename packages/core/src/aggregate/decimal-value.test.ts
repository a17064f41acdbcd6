import { expect, test } from 'vitest'
import { compare, fromTagged, toTagged } from './column.ts'
import { DecimalValue } from './decimal-value.ts'

test('is ordered as a number where the text of it would not be, and comes back from JSON as one', () => {
  const [nine, ten] = [new DecimalValue('9.00'), new DecimalValue('10.00')]
  expect([compare(nine, ten), compare(ten, nine), compare('9.00', '10.00')]).toEqual([-1, 1, 1])
  const read = fromTagged(JSON.parse(JSON.stringify(toTagged(ten))))
  expect([read instanceof DecimalValue, compare(read, ten)]).toEqual([true, 0])
})
