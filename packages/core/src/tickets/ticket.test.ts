import { expect, test } from 'vitest'
import { ticket } from '../operators/test-tickets.fixture.ts'
import { messagesOf } from '../testing/memory-source.ts'
import { Ticket, ticketSchema } from './ticket.ts'

const sent = { ...ticket(1), created_at: '2026-01-01T00:00:01.000Z' }

test('takes a ticket as clients send it', () => {
  const { batch, rejected } = Ticket.decode(messagesOf([sent]))
  expect([batch.toArray(), rejected]).toEqual([[ticket(1)], []])
  expect([Ticket.name, Ticket.version, Ticket.time]).toEqual(['ticket', 1, 'created_at'])
})

test.each([
  ['CLIENT_1000', true],
  ['CLIENT_9999', true],
  ['CLIENT_0999', false],
  ['CLIENT_10000', false],
  ['client_1000', false],
  ['CLIENT_1000 ', false],
])('tells whether the client %j is one', (client_id, isOne) => {
  const { batch, rejected } = Ticket.decode(messagesOf([{ ...sent, client_id }]))
  expect([batch.length, rejected.length]).toEqual(isOne ? [1, 0] : [0, 1])
})

test.each([
  ['ticket_id', 'no uuid'],
  ['created_at', 'yesterday'],
  ['created_at', undefined],
  ['request', ''],
  ['request_type', 'other'],
  ['priority', 'High'],
])('rejects a ticket whose %s is %j, and says which column it was', (name, value) => {
  const { batch, rejected } = Ticket.decode(messagesOf([sent, { ...sent, [name]: value }]))
  expect(batch.length).toBe(1)
  expect(rejected).toMatchObject([{ offset: 1, reason: expect.stringContaining(name) }])
})

test('takes the client ids of another system, by a pattern of its own', () => {
  const ids = ['C-42', 'CLIENT_1000', '']
  const idsOf = (clientId: RegExp) => {
    const { batch, rejected } = ticketSchema({ clientId }).decode(messagesOf(ids.map((client_id) => ({ ...sent, client_id }))))
    return [batch.toArray().map(({ client_id }) => client_id), rejected.map(({ reason }) => reason)]
  }
  expect(idsOf(/^C-\d+$/)).toEqual([['C-42'], ['CLIENT_1000', ''].map(() => expect.stringContaining('client_id: expected /^C-\\d+$/'))])
  expect(idsOf(/^/)).toEqual([ids, []])
})
