import { expect, test, vi } from 'vitest'
import { Loan } from './loan.ts'

test('memory is given back once, when all have released it, however often each says so', () => {
  const giveBack = vi.fn()
  const loan = new Loan(giveBack)
  const [first, second] = [loan.hold(), loan.hold()]
  first()
  first()
  expect(giveBack).not.toHaveBeenCalled()
  second()
  second()
  expect(giveBack).toHaveBeenCalledOnce()
})
