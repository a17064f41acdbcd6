import { randomUUID } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openOutput, rowsOf } from '../../examples/shared/read-back.ts'
import { sharedBroker } from '../broker/shared.ts'
import { root } from '../repo/files.ts'
import { example, folder, summaryOf } from './run.ts'

const brokers = (await sharedBroker('the examples with Kafka'))?.join(',')

test('every example is run here', async () => {
  const names = (await readdir(join(root, 'examples'))).filter((name) => name.endsWith('.ts'))
  expect(names.sort()).toEqual(['custom-sink.ts', 'demo.ts', 'generate-to-parquet.ts', 'kafka-to-lake.ts', 'produce.ts', 'unit-test.ts'])
})

test('demo, 100,000 tickets', async () => {
  const ran = await example('demo', ['--json', '--output', join(await folder(), 'out')])
  expect(ran.code, ran.stderr).toBe(0)
  expect(summaryOf(ran)).toMatchObject({ tickets: 100_000, rejected: 0, late: 0 })
})

test('generate-to-parquet, twice', async () => {
  const args = ['--tickets', '5000', '--output', join(await folder(), 'out')]
  expect(await example('generate-to-parquet', args)).toMatchObject({ code: 0, stdout: expect.stringContaining('5000 tickets in') })
  expect(await example('generate-to-parquet', args)).toMatchObject({ code: 0, stdout: expect.stringContaining('0 tickets in') })
})

test('custom-sink', async () => {
  const output = join(await folder(), 'alarms')
  expect(await example('custom-sink', ['--output', output])).toMatchObject({ code: 0, stdout: expect.stringContaining('1000 tickets read') })
  expect((await readdir(output)).length).toBeGreaterThan(0)
})

test('unit-test', async () => {
  expect(await example('unit-test', [])).toMatchObject({ code: 0, stdout: expect.stringContaining('pass 3') })
})

test.skipIf(!brokers)('produce and kafka-to-lake, stopped by SIGINT and started again', async () => {
  const output = join(await folder(), 'lake')
  const at = ['--brokers', `${brokers}`, '--topic', `lake-${randomUUID()}`]
  expect(await example('produce', [...at, '--tickets', '4000'])).toMatchObject({ code: 0 })
  const lake = (wait: number) => {
    let asked = false
    return example('kafka-to-lake', [...at, '--output', output], {
      onError(said, interrupt) {
        // Its progress comes every five seconds; the number is what this run has read.
        const read = Number((/.*^([\d,]+) messages/ms.exec(said)?.[1] ?? '0').replaceAll(',', ''))
        if (read >= wait && !asked) interrupt()
        asked ||= read >= wait
      },
    })
  }
  expect(await lake(4000)).toMatchObject({ code: 0, stdout: expect.stringContaining('stopped: 4000 messages read, 0 of them rejected') })
  expect(await example('produce', [...at, '--tickets', '1000', '--seed', '2'])).toMatchObject({ code: 0 })
  expect(await lake(1000)).toMatchObject({ code: 0, stdout: expect.stringContaining('stopped: 1000 messages read') })
  const db = await openOutput(output, 'parquet')
  expect(await rowsOf(db, 'SELECT count(*) AS n, count(DISTINCT ticket_id) AS d FROM tickets_with_assignment')).toEqual([{ n: 5000, d: 5000 }])
  db.closeSync()
})
