import { expect, test } from 'vitest'
import { WholeTopics } from './holding.ts'

test('has every partition of its topics, for any number of readers', async () => {
  const whole = new WholeTopics(
    new Map([
      ['plans', [0, 1]],
      ['plans-2', [0]],
    ]),
  )
  expect(whole.partitions).toEqual(['plans-0', 'plans-1', 'plans-2-0'])
  expect(['plans-0', 'plans-2-0', 'plans-2', 'other-0'].map((id) => whole.has(id))).toEqual([true, true, false, false])
  expect(whole.isExclusive).toBe(false)
  whole.commit()
  await whole.close()
})
