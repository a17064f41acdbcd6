import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lake, ticket } from './logs.fixture.ts'
import { openPlace } from './place.ts'
import { readLog } from './read-log.ts'

const lines = [...[0, 1, 2].map((i) => JSON.stringify(ticket(i))), 'no JSON']

test('tells tasks, positions, counts, targets, the merge and who holds it', async () => {
  const { dir, run } = await lake(lines)
  await run()
  const report = await readLog(await openPlace(join(dir, 'log')))
  const bytes = lines.join('\n').length + 1
  expect(report).toMatchObject({
    pipeline: 'lake',
    topics: ['tickets.jsonl'],
    targets: { all: `file:${join(dir, 'all')}`, hourly: `file:${join(dir, 'hourly')}` },
    tasks: [{ position: bytes, rows: 4, rejected: 1, state: 'idle', watermark: new Date(Date.UTC(2026, 0, 1, 0, 2)) }],
    merge: { emitted: { hourly: 1 } },
    others: { runs: 1 },
    holders: [{ pid: process.pid }],
    damaged: [],
  })
  expect(Object.values(report.merge?.behind ?? {})).toEqual([0])
  expect(report.bytes).toBeGreaterThan(500)
})

test('a record that was changed is named, and the others are shown', async () => {
  const { dir, run } = await lake(lines)
  await run()
  const { logId, tasks } = await readLog(await openPlace(join(dir, 'log')))
  const task = join(dir, 'log', logId, tasks[0]?.task ?? '')
  const [name = ''] = (await readdir(task)).filter((one) => one.endsWith('.json')).slice(-1)
  await writeFile(join(task, name), '{}')
  expect(await readLog(await openPlace(join(dir, 'log')))).toMatchObject({ tasks: [], damaged: [{ code: 'LOG_DAMAGED' }] })
})
