import { type Ticket, TicketsError } from '@tickets/core'
import { memoryStorage } from '@tickets/core/testing'
import { describe, expect, it } from 'vitest'
import { sharedBroker } from '../../../../test/broker/shared.ts'
import { createTopic, numbers, unique } from '../../test/helpers.ts'
import { committed, numbersIn, openWriter, stageTickets, taskOf } from '../../test/sink-helpers.ts'
import { kafkaSink } from './sink.ts'
import { checkStoredStaging, StoredStaging } from './stored-staging.ts'

const shared = await sharedBroker('staging for Kafka in a storage')
const brokers = shared ?? []
const parts = [Buffer.from('rows'), Buffer.from(' and more')]
const range = (n: number, attempt = 'a') => ({ n, attempt })

describe('ranges that are staged in a storage', () => {
  it('are read by another process until they are noted as being in the topic', async () => {
    const memory = memoryStorage()
    const staging = new StoredStaging(memory, taskOf('log'))
    await staging.write(range(0), parts)
    const other = new StoredStaging(memory.open(), taskOf('log'))
    expect([String(await other.read(range(0))), await other.read(range(1)), await other.has(range(0), 'done')]).toEqual([
      'rows and more',
      null,
      false,
    ])
    await other.done(range(0))
    expect([await staging.has(range(0), 'done'), await staging.read(range(0))]).toEqual([true, null])
  })

  it('3.8 go when no record can name them any more, and no others', async () => {
    const memory = memoryStorage()
    const staging = new StoredStaging(memory, taskOf('log'))
    for (const one of [range(1), range(2), range(2, 'b'), range(3)]) await staging.write(one, parts)
    const another = new StoredStaging(memory, taskOf('log', 'in-1'))
    await another.write(range(0), parts)
    await staging.sweep(range(2, 'b'))
    expect(await memory.names(`.kafka-staging/log/in-0/copy`)).toEqual(['2-b.tmp', '3-a.tmp'])
    expect(await another.read(range(0))).not.toBeNull()
  })

  it('report faults with their flow and place, and whether they may pass', async () => {
    const failing = memoryStorage()
    const fault = async () => {
      throw new TicketsError('STORAGE_FAILED', 'throttled', { retryable: true })
    }
    const storage = new Proxy(failing, { get: (of, key) => (key === 'replace' || key === 'check' ? fault : Reflect.get(of, key, of)) })
    await expect(new StoredStaging(storage, taskOf('log')).write(range(0), parts)).rejects.toMatchObject({ code: 'STORAGE_FAILED', retryable: true })
    await expect(checkStoredStaging(storage)).rejects.toMatchObject({ code: 'STORAGE_FAILED' })
  })
})

describe.skipIf(!shared)('a Kafka sink that stages in a storage', () => {
  it('publishes what another process has staged, once, and leaves nothing behind', async () => {
    const topic = unique('out')
    await createTopic(brokers, topic, 1)
    const memory = memoryStorage()
    const options = { brokers, topic, staging: memory.below('kafka'), retryFor: 20_000 }
    await expect(kafkaSink<Ticket>(options).prepare?.({ id: 'x' })).resolves.toEqual({ takesOver: false, remove: [] })
    const task = taskOf(unique('log').slice(-8))
    const first = await openWriter(options, task)
    await first.publish(await stageTickets(first, 0, 'a', 0, 100))
    const staged = await stageTickets(first, 1, 'a', 100, 200)
    await first.close()
    const second = await openWriter({ ...options, staging: memory.open().below('kafka') }, task)
    await second.publish(staged)
    await second.publish(staged)
    await second.sweep({ n: 2, attempt: 'b' })
    await second.close()
    expect(numbersIn(await committed(brokers, topic, 200))).toEqual(numbers(0, 200))
    expect([...memory.files.keys()].filter((path) => path.endsWith('.tmp'))).toEqual([])
  })
})
