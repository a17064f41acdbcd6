import { Ticket } from '@tickets/core'
import { describe, expect, it } from 'vitest'
import { operations, type Right, resources, rightsOfScript, runScriptWithKafka } from '../../../../test/broker/acls.ts'
import type { SecuredBroker } from '../../../../test/broker/secured.ts'
import { ensureTopic, produceTickets } from '../../src/index.ts'
import { createTopic, rawKafka, ticket, unique } from '../helpers.ts'
import { committed } from '../sink-helpers.ts'
import { about } from './faults.ts'
import { access, change, copying, failureOf } from './world.ts'

const LITERAL = 3
const ANY = 1

/** A user of its own with a certificate, and how it gets rights. */
function newcomer(broker: SecuredBroker) {
  const name = unique('newcomer')
  const right = (type: keyof typeof resources, resourceName: string, operation: keyof typeof operations): Right => ({
    resourceType: resources[type],
    resourceName,
    resourcePatternType: LITERAL,
    principal: `User:${name}`,
    operation: operations[operation],
  })
  const { cert, key } = broker.clientOf(name)
  return {
    way: access(broker, 'mtls', { ssl: { ca: broker.ca, cert, key } }),
    onTopic: (topic: string, operation: keyof typeof operations) => right('topic', topic, operation),
    onCluster: (operation: keyof typeof operations) => right('cluster', 'kafka-cluster', operation),
  }
}

/** Returns what a principal may do, as the broker tells it. */
async function rightsAt(broker: SecuredBroker, principal: string): Promise<Right[]> {
  const admin = rawKafka(broker.admin).admin()
  await admin.connect()
  const all = { resourceType: ANY, resourcePatternType: ANY, operation: ANY, permissionType: ANY, principal }
  const found = await admin.describeAcls(all)
  await admin.disconnect()
  return found.resources.flatMap(({ resourceType, resourceName, resourcePatternType, acls }) =>
    acls.map(({ operation }) => ({ resourceType, resourceName, resourcePatternType, principal, operation })),
  )
}

const sorted = (rights: readonly Right[]) =>
  rights.map((right) => [right.resourceType, right.resourceName, right.resourcePatternType, right.operation].join(' ')).sort()

/** Declares tests of rights on the cluster, and of the script that grants rights. */
export function describeCluster(broker: () => SecuredBroker): void {
  describe.each(['kafkajs', '@platformatic/kafka'] as const)('rights on the cluster, over %s', (driver) => {
    it('creating a topic is allowed by CREATE on the cluster, and names it where it is missing', async () => {
      const { way, onCluster, onTopic } = newcomer(broker())
      const topic = unique('new')
      const create = () => ensureTopic({ ...way, driver, topic, partitions: 2 })
      expect(about(await failureOf(create))).toEqual({
        code: 'SOURCE_FAILED',
        retryable: false,
        message: expect.stringContaining(`create the topic "${topic}": allow CREATE and DESCRIBE on the topic, or CREATE on the cluster`),
      })
      await change(broker(), 'allow', [onCluster('Create')])
      // What it has made it may not see.
      expect(about(await failureOf(create))).toMatchObject({
        code: 'SOURCE_FAILED',
        retryable: false,
        message: expect.stringContaining(`"${topic}"`),
      })
      await change(broker(), 'allow', [onTopic(topic, 'Describe')])
      expect(await create()).toEqual({ topic, partitions: 2, created: false })
    })

    it('an idempotent producer needs WRITE on a topic, and IDEMPOTENT_WRITE on the cluster neither helps nor is needed', async () => {
      const { way, onCluster, onTopic } = newcomer(broker())
      const topic = unique('idempotent')
      await createTopic(broker().admin, topic)
      const produce = () => produceTickets({ ...way, driver, topic, schema: Ticket, source: [ticket(0)] })
      const refused = async (text: string) => {
        const message = expect.stringContaining(text)
        expect(about(await failureOf(produce))).toEqual({ code: 'SOURCE_FAILED', retryable: false, message })
        expect(await committed(broker().admin, topic)).toEqual([])
      }
      await change(broker(), 'allow', [onTopic(topic, 'Describe')])
      await refused(`write with an idempotent producer: allow WRITE on the topic "${topic}"`)
      await change(broker(), 'allow', [onCluster('IdempotentWrite')])
      await refused(`write to the topic "${topic}": allow WRITE`)
      await change(broker(), 'take', [onCluster('IdempotentWrite')])
      await change(broker(), 'allow', [onTopic(topic, 'Write')])
      expect(await produce()).toEqual({ sent: 1 })
      expect(await committed(broker().admin, topic, 1)).toHaveLength(1)
    })
  })

  it('kafka-acls takes each line of deploy/kafka/acls.sh, and gives the rights that the other tests have', async () => {
    const principal = `User:${unique('script')}`
    const script = { principal, sources: [unique('in'), unique('in')], group: unique('g'), sinks: [unique('out')] }
    await runScriptWithKafka(script, broker().admin.join(','))
    const expected = rightsOfScript(script)
    expect(expected.length).toBe(8)
    expect(sorted(await rightsAt(broker(), principal))).toEqual(sorted(expected))
  })

  it('a pipeline needs nothing on the cluster', async () => {
    const { rights } = await copying(broker())
    expect(rights.filter(({ resourceType }) => resourceType === resources.cluster)).toEqual([])
  })
}
