import { randomUUID } from 'node:crypto'
import { copyFile, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { differences, found } from '../../examples/scale-out/results.ts'
import { openOutput, rowsOf } from '../../examples/shared/read-back.ts'
import { sharedBroker } from '../broker/shared.ts'
import { root } from '../repo/files.ts'
import { example, folder, summaryOf } from './run.ts'

const brokers = (await sharedBroker('the examples with Kafka'))?.join(',')

test('every example is run here', async () => {
  const names = (await readdir(join(root, 'examples'))).filter((name) => name.endsWith('.ts'))
  expect(names.sort()).toEqual([
    'analyse.ts',
    'custom-sink.ts',
    'demo.ts',
    'generate-to-parquet.ts',
    'kafka-to-lake.ts',
    'produce.ts',
    'scale-out.ts',
    'unit-test.ts',
  ])
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

test.skipIf(!brokers)(
  'scale-out: 1, 2 and 4 processes, one of them killed, with equal results; other results would be seen',
  async () => {
    const output = join(await folder(), 'scale-out')
    const tickets = 20_000
    const args = ['--brokers', `${brokers}`, '--topic', `scale-${randomUUID().slice(0, 8)}`, '--tickets', `${tickets}`, '--output', output]
    const ran = await example('scale-out', [...args, '--json'])
    expect(ran, ran.stderr).toMatchObject({ code: 0 })
    expect(ran.stderr).toContain('one killed with SIGKILL')
    const results = JSON.parse(ran.stdout.trimEnd().split('\n').at(-1) ?? '') as {
      name: string
      killed: number
      found: Awaited<ReturnType<typeof found>>
    }[]
    expect(results.map(({ name, killed }) => [name, killed])).toEqual([
      ['1 process', 0],
      ['2 processes', 0],
      ['4 processes', 0],
      ['4, one killed', 1],
    ])
    const like = results[0]?.found.digest ?? ''
    const wrongWith = async () => differences('it', await found(join(output, '4')), { tickets, seed: 1, like })
    expect(await wrongWith()).toEqual([])

    const parts = async (dataset: string) =>
      (await readdir(join(output, '4', dataset))).filter((name) => name.startsWith('part-')).map((name) => join(output, '4', dataset, name))
    // A file that is lost, and one that is there twice.
    for (const dataset of ['tickets_with_assignment', 'tickets_by_type', 'tickets_by_priority', 'high_priority_tickets']) {
      const file = (await parts(dataset)).at(-1) ?? ''
      await rename(file, `${file}.gone`)
      expect(await wrongWith(), dataset).toContain('it has other rows than the first run')
      await rename(`${file}.gone`, file)
    }
    const [some = ''] = (await parts('tickets_with_assignment')).slice(-1)
    await copyFile(some, some.replace('part-', 'part-again-'))
    expect(await wrongWith()).toContainEqual(expect.stringMatching(/it has tickets \d+ instead of 20000/))
  },
  300_000,
)

test('scale-out says where a broker is to be had', async () => {
  const ran = await example('scale-out', ['--brokers', 'localhost:1'])
  expect(ran).toMatchObject({ code: 1, stdout: '' })
  expect(ran.stderr).toMatch(/^error SOURCE_UNREACHABLE: .*localhost:1.*pnpm@12 broker.*--brokers/m)
})
