import { generator, into, pipeline } from '@tickets/core'
import { commitLog } from '@tickets/core/node'
import { s3 } from '@tickets/s3'
import { parquetSink } from '@tickets/sinks'
import { afterEach, describe, expect, test } from 'vitest'
import { environmentOf, placeAt, sharedStore } from '../../../test/s3/shared.ts'
import { ticketsCli } from '../src/index.ts'

const store = await sharedStore('fenced', 'commands on a bucket')

const before = { ...process.env }
afterEach(() => {
  process.env = { ...before }
})

const run = async (...argv: string[]) => {
  let [out, err] = ['', '']
  const code = await ticketsCli({ argv, print: (text) => (out += text), printError: (text) => (err += text) })
  return { code, out, err }
}

describe.skipIf(!store)('a log in a bucket', () => {
  test('is shown, found in order, and reset; its outputs stay, and a new log replaces them', async () => {
    const place = await placeAt(store ?? '')
    process.env = { ...process.env, ...(await environmentOf(place)), AWS_ENDPOINT_URL: store ?? '' }
    const bucket = s3(place)
    const lake = (mode?: 'overwrite') =>
      pipeline({
        name: 'lake',
        source: generator({ tickets: 30 }),
        log: commitLog(bucket.below('log')),
        flows: (rows) => ({ all: rows.pipe(into(parquetSink(bucket.below('all'), mode ? { mode } : {}))) }),
      }).run({ handleSignals: false })
    await lake()
    const log = `s3://${place.bucket}/${place.prefix}/log`
    const report = JSON.parse((await run('log', log, '--json')).out)
    expect(report).toMatchObject({ pipeline: 'lake', holders: null, targets: { all: expect.stringContaining('/all') } })
    expect(report.tasks.map(({ rows, state }: { rows: number; state: string }) => `${rows} ${state}`)).toEqual(['10 ended', '10 ended', '10 ended'])
    expect(await run('doctor', '--log', log, '--target', `s3://${place.bucket}/${place.prefix}/other`)).toMatchObject({ code: 0 })

    expect(await run('reset', log, '--yes')).toMatchObject({ code: 1, err: expect.stringMatching(/^error LOG_HELD: .* was written \d+ s ago/) })
    expect(await run('reset', log, '--yes', '--after', '0')).toMatchObject({ code: 0, err: '' })
    expect(await run('log', log)).toMatchObject({ code: 1, err: expect.stringContaining('there is no log in') })
    await expect(lake()).rejects.toMatchObject({ code: 'TARGET_OWNED' })
    expect(await lake('overwrite')).toMatchObject({ rows: 30, written: { all: 30 } })
  })
})

const racing = await sharedStore('racing', 'a store without conditional writes')

describe.skipIf(!racing)('a store whose conditional writes are not atomic', () => {
  test('is named by the doctor, as the place of a log', async () => {
    const place = await placeAt(racing ?? '')
    process.env = { ...process.env, ...(await environmentOf(place)), AWS_ENDPOINT_URL: racing ?? '' }
    const { code, out } = await run('doctor', '--log', `s3://${place.bucket}/${place.prefix}/log`, '--json')
    expect(code).toBe(1)
    expect(JSON.parse(out).findings).toMatchObject([
      { check: 'log', problem: expect.stringMatching(/cannot be used \(/), fix: expect.stringMatching(/\w/) },
    ])
  })
})
