import type { ConnectionOptions } from '../connection/connection-options.ts'

/** What the client did when it failed, so that an error names it. */
export interface Subject {
  readonly topics?: readonly string[] | undefined
  readonly groupId?: string | undefined
  readonly transactionalId?: string | undefined
  /** What is done with the topics; they are read where nothing is said. */
  readonly doing?: 'read' | 'write' | 'create'
  readonly connection?: Pick<ConnectionOptions, 'ssl' | 'sasl'> | undefined
}

const topicRights = { read: 'READ and DESCRIBE', write: 'WRITE and DESCRIBE' }
const deeds = { read: 'read', write: 'write to' }
/** CREATE does not include DESCRIBE, and who creates a topic waits until it is there. */
const mayCreate = (topic: string) => `create ${topic}: allow CREATE and DESCRIBE on the topic, or CREATE on the cluster`

const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ')

/** Returns what a broker refused and the right that is missing, after "does not allow this user to"; null for an error of another kind. */
export function deniedText(type: string, { topics = [], groupId, transactionalId, doing = 'read' }: Subject): string | null {
  const topic = topics.length === 0 ? 'the topic' : `the topic${topics.length > 1 ? 's' : ''} ${quoted(topics)}`
  switch (type) {
    case 'TOPIC_AUTHORIZATION_FAILED':
      if (doing === 'create') return mayCreate(topic)
      // A transaction has an offset of the topic too, for which Kafka wants READ.
      return `${deeds[doing]} ${topic}: allow ${doing === 'write' && transactionalId !== undefined ? 'WRITE and READ' : topicRights[doing]} on ${topics.length > 1 ? 'each of them' : 'the topic'}`
    case 'GROUP_AUTHORIZATION_FAILED':
      return `use ${groupId === undefined ? 'this consumer group' : `the consumer group "${groupId}"`}: allow READ on the group`
    case 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED':
      return `write transactions${transactionalId === undefined ? '' : ` as "${transactionalId}"`}: allow WRITE and DESCRIBE on transactional ids that begin with "tickets-"`
    case 'CLUSTER_AUTHORIZATION_FAILED':
      return doing === 'create'
        ? mayCreate(topic)
        : `write with an idempotent producer: allow WRITE on ${topic}, or IDEMPOTENT_WRITE on the cluster where the broker is older than Kafka 2.8`
    default:
      return type.endsWith('AUTHORIZATION_FAILED') ? `do this (${type}): allow it in the broker's ACLs` : null
  }
}
