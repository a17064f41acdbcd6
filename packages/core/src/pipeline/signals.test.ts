import { expect, it } from 'vitest'
import { onSignals } from './signals.ts'

it('drains at the first signal and leaves the second to the system', () => {
  const before = process.listenerCount('SIGTERM')
  let drains = 0
  onSignals(() => drains++)
  expect(process.listenerCount('SIGTERM')).toBe(before + 1)
  process.emit('SIGTERM')
  expect(drains).toBe(1)
  expect(process.listenerCount('SIGTERM')).toBe(before)
})

it('takes its listeners off', () => {
  const before = process.listenerCount('SIGINT')
  const off = onSignals(() => {})
  expect(process.listenerCount('SIGINT')).toBe(before + 1)
  off()
  expect(process.listenerCount('SIGINT')).toBe(before)
})
