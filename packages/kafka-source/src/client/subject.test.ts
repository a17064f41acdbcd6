import { expect, it } from 'vitest'
import { deniedText, type Subject } from './subject.ts'

it.each<[string, Subject, string]>([
  ['TOPIC_AUTHORIZATION_FAILED', { topics: ['in'] }, 'read the topic "in": allow READ and DESCRIBE on the topic'],
  ['TOPIC_AUTHORIZATION_FAILED', { topics: ['a', 'b'] }, 'read the topics "a", "b": allow READ and DESCRIBE on each of them'],
  ['TOPIC_AUTHORIZATION_FAILED', { topics: ['out'], doing: 'write' }, 'write to the topic "out": allow WRITE and DESCRIBE on the topic'],
  [
    'TOPIC_AUTHORIZATION_FAILED',
    { topics: ['out'], doing: 'write', transactionalId: 'tickets-1' },
    'write to the topic "out": allow WRITE and READ on the topic',
  ],
  [
    'TOPIC_AUTHORIZATION_FAILED',
    { topics: ['new'], doing: 'create' },
    'create the topic "new": allow CREATE and DESCRIBE on the topic, or CREATE on the cluster',
  ],
  ['GROUP_AUTHORIZATION_FAILED', { groupId: 'g' }, 'use the consumer group "g": allow READ on the group'],
  ['GROUP_AUTHORIZATION_FAILED', {}, 'use this consumer group: allow READ on the group'],
  [
    'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
    { transactionalId: 'tickets-1' },
    'write transactions as "tickets-1": allow WRITE and DESCRIBE on transactional ids that begin with "tickets-"',
  ],
  [
    'CLUSTER_AUTHORIZATION_FAILED',
    { topics: ['out'], doing: 'write' },
    'write with an idempotent producer: allow WRITE on the topic "out", or IDEMPOTENT_WRITE on the cluster where the broker is older than Kafka 2.8',
  ],
  [
    'CLUSTER_AUTHORIZATION_FAILED',
    { topics: ['new'], doing: 'create' },
    'create the topic "new": allow CREATE and DESCRIBE on the topic, or CREATE on the cluster',
  ],
  ['DELEGATION_TOKEN_AUTHORIZATION_FAILED', {}, "do this (DELEGATION_TOKEN_AUTHORIZATION_FAILED): allow it in the broker's ACLs"],
])('%s of %o is a right to give', (type, subject, text) => {
  expect(deniedText(type, subject)).toBe(text)
})

it('is no text for an error of another kind', () => {
  expect(deniedText('NOT_COORDINATOR', {})).toBeNull()
})
