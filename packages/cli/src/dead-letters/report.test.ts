import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lake, ticket } from '../log/logs.fixture.ts'
import { listedLetters, reportOf } from './report.ts'

test('letters are counted by reason, the most frequent first, and those below the position of a replay are marked', async () => {
  const { dir, run } = await lake([
    'no JSON',
    JSON.stringify({ ...ticket(1), priority: 'urgent' }),
    JSON.stringify({ ...ticket(2), priority: 'urgent' }),
  ])
  await run()
  const dead = join(dir, 'dead')
  const report = await reportOf(dead, new Map([['tickets.jsonl-0', 1]]), 2)
  expect(report).toMatchObject({ letters: 3, replayed: 1, ofFlows: 0, first: [{ id: 'tickets.jsonl-0@0', replayed: true }, { replayed: false }] })
  expect(report.reasons.map(({ letters }) => letters)).toEqual([2, 1])
  expect(report.reasons[0]?.reason).toContain('priority')
  for await (const { replayed } of listedLetters(dead, new Map())) expect(replayed).toBe(false)
})
