import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defineSchema, instant, into, pipeline, Ticket } from '@tickets/core'
import { memoryLog, memorySource, messagesOf } from '@tickets/core/testing'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { sharedBroker } from '../../../../test/broker/shared.ts'
import { createTopic, numbers, ticket, unique } from '../../test/helpers.ts'
import { committed, folder, numbersIn, openWriter, stageTickets, taskOf } from '../../test/sink-helpers.ts'
import { kafkaSink } from './sink.ts'

const shared = await sharedBroker('the Kafka sink')
const brokers = shared ?? []

async function target(partitions = 1) {
  const topic = unique('out')
  await createTopic(brokers, topic, partitions)
  return { options: { brokers, topic, staging: await folder(), retryFor: 20_000 }, topic, task: taskOf(unique('log').slice(-8)) }
}

describe('options', () => {
  const options = { brokers: ['a:1'], topic: 't', staging: 's' }
  it('names its target by cluster and topic', () => {
    expect(kafkaSink({ ...options, brokers: ['b:2', 'a:1'] }).target).toBe('kafka:a:1,b:2/t')
  })

  it('refuses a key that is no column, before any target is claimed', async () => {
    const sink = kafkaSink<Ticket>({ ...options, key: 'nobody' as 'client_id' })
    const refusal = { code: 'OPTION_INVALID', message: expect.stringMatching(/nobody.*client_id/) }
    await expect(sink.check?.(Ticket, 'all')).rejects.toMatchObject(refusal)
    await expect(sink.open(taskOf('l'), Ticket)).rejects.toMatchObject(refusal)
    const deleting = kafkaSink<Ticket>({ ...options, key: 'client_id', deleteWhen: 'priority' })
    await expect(deleting.check?.(Ticket, 'all')).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining('boolean column'),
    })
  })
})

describe.skipIf(!shared)('a Kafka sink', () => {
  it('says before a run that the topic is not there, or the folder cannot be written', async () => {
    const { options } = await target()
    const refused = { code: 'TARGET_UNUSABLE' }
    for (const key of [{}, { key: 'client_id' as const }]) {
      const nowhere = kafkaSink<Ticket>({ ...options, ...key, topic: unique('nowhere') })
      await expect(nowhere.prepare?.({ id: 'x' })).rejects.toMatchObject({ ...refused, message: expect.stringContaining('has no topic') })
    }
    await writeFile(join(options.staging, 'file'), '')
    await expect(kafkaSink({ ...options, staging: join(options.staging, 'file') }).prepare?.({ id: 'x' })).rejects.toMatchObject(refused)
    await expect(kafkaSink(options).prepare?.({ id: 'x' })).resolves.toEqual({ takesOver: false, remove: [] })
  })

  it('sends rows as JSON, by key, in order, in transactions of several requests', async () => {
    const { options, topic, task } = await target(3)
    const writer = await openWriter({ ...options, key: 'client_id', batchBytes: 20_000, headers: (t) => ({ priority: t.priority }) }, task)
    const staged = await stageTickets(writer, 0, 'a', 0, 3000)
    expect(staged).toMatchObject({ n: 0, attempt: 'a', rows: 3000 })
    expect(await committed(brokers, topic)).toEqual([])
    await writer.publish(staged)
    const seen = await committed(brokers, topic, 3000)
    expect(numbersIn(seen).sort((a, b) => a - b)).toEqual(numbers(0, 3000))
    expect(new Set(seen.map((m) => m.partition))).toEqual(new Set([0, 1, 2]))
    for (const p of [0, 1, 2]) {
      const own = numbersIn(seen.filter((m) => m.partition === p))
      expect(own).toEqual([...own].sort((a, b) => a - b))
    }
    expect(seen.find((m) => numbersIn([m])[0] === 7)).toMatchObject({
      key: 'CLIENT_1007',
      value: JSON.stringify(ticket(7)),
      headers: { priority: 'low' },
    })
    await writer.close()
  })

  it('takes functions for key, value and partition; bytes and tombstones go as they are', async () => {
    const { options, topic, task } = await target(2)
    const own = { key: (t: Ticket) => Buffer.from(t.ticket_id), value: () => null, partition: (t: Ticket) => Number(t.ticket_id.slice(-1)) % 2 }
    const writer = await openWriter({ ...options, ...own }, task)
    await writer.publish(await stageTickets(writer, 0, 'a', 0, 4))
    const seen = await committed(brokers, topic, 4)
    expect(seen.map(({ key, value, partition }) => [Number(key?.slice(-1)), value, partition]).sort()).toEqual([
      [0, null, 0],
      [1, null, 1],
      [2, null, 0],
      [3, null, 1],
    ])
    const wrong = await openWriter({ ...options, partition: () => 2 }, taskOf(task.logId, 'in-1'))
    await expect(stageTickets(wrong, 0, 'a', 0, 1)).rejects.toMatchObject({
      code: 'SINK_FAILED',
      message: expect.stringMatching(/partitions 0 to 1/),
    })
    const throwing = await openWriter(
      {
        ...options,
        value: () => {
          throw new Error('oh')
        },
      },
      taskOf(task.logId, 'in-2'),
    )
    await expect(stageTickets(throwing, 0, 'a', 0, 1)).rejects.toMatchObject({
      code: 'SINK_FAILED',
      message: expect.stringMatching(/copy.*oh.*fix/),
    })
    await Promise.all([writer, wrong, throwing].map((w) => w.close()))
  })

  it('sends a tombstone for a row that says so', async () => {
    const { options, topic } = await target()
    const Client = defineSchema(z.object({ id: z.string(), at: instant(), left: z.boolean() }), { name: 'client', time: 'at' })
    const rows = [false, true, false].map((left, i) => ({ id: `c${i}`, at: new Date(i), left }))
    await pipeline({
      name: 'clients',
      source: memorySource({ schema: Client, partitions: [messagesOf(rows)] }),
      log: memoryLog(),
      flows: (clients) => ({ clients: clients.pipe(into(kafkaSink({ ...options, key: 'id', deleteWhen: 'left' }))) }),
    }).run({ handleSignals: false })
    const seen = await committed(brokers, topic, 3)
    expect(seen.map(({ key, value }) => [key, value === null ? null : JSON.parse(value).id])).toEqual([
      ['c0', 'c0'],
      ['c1', null],
      ['c2', 'c2'],
    ])
  })
})
