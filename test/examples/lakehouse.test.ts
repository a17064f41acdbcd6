import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CopyObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { Ticket, ticketStream } from '@tickets/core'
import { ensureTopic, produceTickets } from '@tickets/kafka-source'
import type { PipelineStatus } from '@tickets/monitor'
import { expect, onTestFinished, test } from 'vitest'
import { sharedBroker } from '../broker/shared.ts'
import { deltaPythonOrSkip, icebergPythonOrSkip } from '../readers/python.ts'
import { environmentOf, placeAt, sharedStore } from '../s3/shared.ts'
import { type Host, startHost } from './lakehouse.host.ts'
import { bytesIn, differences, keysIn, type Lakehouse } from './lakehouse.oracle.ts'
import { folder } from './run.ts'

const brokers = await sharedBroker('the lakehouse example')
const endpoint = await sharedStore('fenced', 'the lakehouse example')
const delta = await deltaPythonOrSkip()
const iceberg = await icebergPythonOrSkip()

const TICKETS = 6_000
const PARTITIONS = 4

const hasPartitions = ({ progress }: PipelineStatus) => Object.keys(progress?.partitions ?? {}).length > 0
const hasCommitted = ({ progress, ranges }: PipelineStatus) => (progress?.rows ?? 0) > 0 && ranges.length > 0

/** A place of its own in the bucket, and how the clients of others reach it. */
async function emptyLakehouse(at: string): Promise<Lakehouse> {
  const place = await placeAt(at)
  const { bucket, prefix = '', ...config } = place
  const python = { delta: delta ?? '', iceberg: iceberg ?? '' }
  return { client: new S3Client(config), bucket, prefix, endpoint: at, python, env: await environmentOf(place) }
}

test.skipIf(!brokers || !endpoint || !delta || !iceberg)(
  'two hosts that share a bucket, one killed and replaced, write each ticket once to Delta, Iceberg and Parquet',
  async () => {
    const lakehouse = await emptyLakehouse(endpoint ?? '')
    const topic = `lakehouse-${randomUUID()}`
    const at = { brokers: brokers ?? [], topic }
    await ensureTopic({ ...at, partitions: PARTITIONS })
    // 100 minutes of two days.
    const tickets = [...ticketStream({ seed: 7, tickets: TICKETS, start: '2026-01-01T23:20:00Z', spacing: '1 second' })]
    const input = join(await folder(), 'tickets.jsonl')
    await writeFile(input, tickets.map((ticket) => `${JSON.stringify(ticket)}\n`).join(''))
    const send = (third: 0 | 1 | 2) =>
      produceTickets({ ...at, schema: Ticket, source: tickets.slice((third * TICKETS) / 3, ((third + 1) * TICKETS) / 3) })
    const hosts: Host[] = []
    onTestFinished(() => {
      for (const host of hosts) host.kill('SIGKILL')
    })
    const start = async (env: Readonly<Record<string, string>> = {}) => {
      const host = await startHost({
        ...lakehouse.env,
        BROKERS: at.brokers.join(','),
        TOPIC: topic,
        GROUP: topic,
        BUCKET: lakehouse.bucket,
        PREFIX: lakehouse.prefix,
        ENDPOINT: lakehouse.endpoint,
        COMMIT_EVERY: '1 second',
        SESSION_TIMEOUT: '10 seconds',
        ...env,
      })
      hosts.push(host)
      return host
    }

    const [killed, other] = [await start(), await start()]
    for (const host of [killed, other]) await host.reached(hasPartitions)
    await send(0)
    for (const host of [killed, other]) await host.reached(hasCommitted)
    const before = new Set(await keysIn(lakehouse, 'log'))
    await send(1)
    // The first record of these tickets: most of them are in no record yet.
    while ((await keysIn(lakehouse, 'log')).every((key) => before.has(key))) await sleep(20)
    killed.kill('SIGKILL')
    expect(await killed.ended).toMatchObject({ code: null, signal: 'SIGKILL' })

    const replacement = await start()
    await replacement.reached(hasPartitions)
    await send(2)
    await replacement.reached(hasCommitted)
    for (const host of [other, replacement]) {
      host.kill('SIGTERM')
      const left = await host.ended
      expect(left, left.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('stopped: ') })
    }

    // What nobody has committed yet is read to the end, which closes all windows.
    const last = await (await start({ UNTIL: 'now' })).ended
    expect(last, last.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('done: ') })
    const same = { missing: 0, tooMany: 0 }
    expect(await differences(lakehouse, input, join(await folder(), 'read'))).toEqual({ delta: same, iceberg: same, by_type: same })
    for (const name of ['invalid', 'late']) expect(await bytesIn(lakehouse, name), name).toBe(0)
    // Nothing lies on the disks of the hosts.
    for (const host of hosts) expect(await host.files()).toEqual([])

    // One ticket that is missing, one that is there twice, and files of windows that are there twice would be seen.
    await writeFile(input, [tickets[0], ...tickets.slice(0, -1)].map((ticket) => `${JSON.stringify(ticket)}\n`).join(''))
    for (const key of (await keysIn(lakehouse, 'tickets_by_type')).filter((key) => key.endsWith('.parquet'))) {
      const copy = { Bucket: lakehouse.bucket, CopySource: `${lakehouse.bucket}/${key}`, Key: key.replace('part-', 'part-again-') }
      await lakehouse.client.send(new CopyObjectCommand(copy))
    }
    const { delta, iceberg, by_type } = await differences(lakehouse, input, join(await folder(), 'read'))
    expect([delta, iceberg]).toEqual([
      { missing: 1, tooMany: 1 },
      { missing: 1, tooMany: 1 },
    ])
    expect(by_type?.tooMany).toBeGreaterThan(300)
  },
  600_000,
)
