import { into, pipeline, Ticket } from '@tickets/core'
import { memoryLog, memorySink } from '@tickets/core/testing'
import { describe, expect, it } from 'vitest'
import { sharedBroker } from '../../../test/broker/shared.ts'
import { ensureTopic, kafkaSource, produceTickets } from '../src/index.ts'
import { numberOf, numbers, ticket, unique } from './helpers.ts'

const shared = await sharedBroker('a pipeline over the second driver')
const brokers = shared ?? []

describe.skipIf(!shared).each(['kafkajs', '@platformatic/kafka'] as const)('a pipeline over %s', (driver) => {
  it('creates a topic, fills it, reads it, resumes where its log ends, and refuses the log of another', async () => {
    const topic = unique('driver')
    const groupId = unique('g')
    expect(await ensureTopic({ brokers, topic, partitions: 3, driver })).toEqual({ topic, partitions: 3, created: true })
    expect(await ensureTopic({ brokers, topic, driver })).toMatchObject({ created: false })
    const fill = (from: number, to: number) => produceTickets({ brokers, topic, schema: Ticket, source: numbers(from, to).map(ticket), driver })
    const log = memoryLog()
    const sink = memorySink<Ticket>()
    const source = () => kafkaSource({ schema: Ticket, brokers, topic, groupId, until: 'now', driver })
    const run = (own = log) => pipeline({ name: 'driver', source: source(), log: own, flows: (t) => ({ all: t.pipe(into(sink)) }) }).run()
    expect(await fill(0, 300)).toEqual({ sent: 300 })
    expect(await run()).toMatchObject({ how: 'done', rows: 300 })
    await fill(300, 400)
    expect(await run()).toMatchObject({ how: 'done', rows: 100 })
    expect(sink.rows.map(numberOf).sort((a, b) => a - b)).toEqual(numbers(0, 400))
    await expect(run(memoryLog())).rejects.toMatchObject({ code: 'OFFSETS_FOREIGN' })
  })

  it('names a topic that is not there', async () => {
    const source = kafkaSource({ schema: Ticket, brokers, topic: unique('none'), groupId: unique('g'), driver })
    await expect(source.describe()).rejects.toMatchObject({ code: 'SOURCE_MISSING', message: expect.stringContaining('ensureTopic') })
  })
})
