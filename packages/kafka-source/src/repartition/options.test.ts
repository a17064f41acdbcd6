import { Ticket } from '@tickets/core'
import { expect, it } from 'vitest'
import { repartitionSettings } from './options.ts'

const good = { schema: Ticket, brokers: ['localhost:9092'], topic: 't', partitions: 4, key: 'client_id' } as const

it.each([
  [{ key: 'nobody' as never }, 'a column of ticket or several'],
  [{ key: [] }, 'a column of ticket or several'],
  [{ key: ['client_id', 'nobody'] as never }, 'got "nobody"'],
  [{ partitions: 0 }, 'partitions is a whole number'],
  [{ topic: 'a b' }, 'topic is a name'],
  [{ brokers: ['localhost'] }, 'host:port'],
  [{ config: { 'cleanup.policy': 'compact,delete' } }, 'cannot be compacted'],
])('%j is refused', (wrong, words) => {
  expect(() => repartitionSettings<Ticket>({ ...good, ...wrong })).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(words) }),
  )
})

it('takes one column or several, in their order, since the order is part of the key', () => {
  expect(repartitionSettings<Ticket>(good).columns).toEqual(['client_id'])
  expect(repartitionSettings<Ticket>({ ...good, key: ['priority', 'client_id'] }).columns).toEqual(['priority', 'client_id'])
})

it('leaves replication to the broker, and hands on how to reach it with a logger that never throws', () => {
  const throwing = () => {
    throw new Error('no logger')
  }
  const logger = { debug: throwing, info: throwing, warn: throwing, error: throwing }
  const sasl = { mechanism: 'plain', username: 'u', password: 'p' } as const
  const settings = repartitionSettings<Ticket>({ ...good, logger, sasl, ssl: true, clientId: 'me', config: { 'retention.ms': '1' } })
  expect(settings).toMatchObject({ replicationFactor: -1, config: { 'retention.ms': '1' } })
  expect(settings.connection).toMatchObject({ brokers: good.brokers, sasl, ssl: true, clientId: 'me' })
  expect(() => settings.connection.logger?.warn('x')).not.toThrow()
  expect(repartitionSettings<Ticket>(good).connection).toEqual({ brokers: good.brokers })
})
