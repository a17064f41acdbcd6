import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { datasets, openOutput, rowsOf } from '../../examples/shared/read-back.ts'
import { sharedBroker } from '../broker/shared.ts'
import { example, folder, summaryOf } from './run.ts'

const brokers = (await sharedBroker('the same tickets from a file and from Kafka'))?.join(',')
const tickets = process.env.CROSS_CHECK_TICKETS ?? '5000'

test.skipIf(!brokers)('the same tickets from a file and from a broker give the same five outputs, row for row', async () => {
  const home = await folder()
  const file = join(home, 'tickets.jsonl')
  const topic = `cross-${randomUUID()}`
  expect((await example('produce', ['--tickets', tickets, '--output', file])).stdout).toContain(`${tickets} tickets written`)
  expect((await example('produce', ['--tickets', tickets, '--brokers', `${brokers}`, '--topic', topic])).stdout).toContain(`${tickets} tickets sent`)
  const fromFile = await example('demo', ['--json', '--input', file, '--output', join(home, 'file')])
  const fromTopic = await example('demo', ['--json', '--brokers', `${brokers}`, '--topic', topic, '--output', join(home, 'topic')])
  for (const ran of [fromFile, fromTopic]) {
    expect(ran.code, ran.stderr).toBe(0)
    expect(summaryOf(ran)).toMatchObject({ tickets: Number(tickets), rejected: 0, late: 0 })
  }

  const db = await openOutput(join(home, 'file'), 'parquet')
  const other = await openOutput(join(home, 'topic'), 'parquet')
  for (const name of Object.keys(datasets).filter((dataset) => !['dead_letters', 'late'].includes(dataset))) {
    // A window may have taken another number of revisions to become what it is.
    const columns = 'revision' in (datasets[name] ?? {}) ? '* EXCLUDE (revision)' : '*'
    const sql = `SELECT ${columns} FROM ${name} ORDER BY ALL`
    const [a, b] = [await rowsOf(db, sql), await rowsOf(other, sql)]
    expect(a.length, name).toBeGreaterThan(0)
    expect(b.length, name).toBe(a.length)
    expect(JSON.stringify(b) === JSON.stringify(a), `${name} has the same ${a.length} rows`).toBe(true)
  }
  db.closeSync()
  other.closeSync()
})
