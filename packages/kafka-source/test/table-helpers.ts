import { defineSchema, instant, messageTimestamp } from '@tickets/core'
import * as z from 'zod'
import { createTopic, rawKafka, unique } from './helpers.ts'

export const Order = defineSchema(z.object({ id: z.int(), client_id: z.string(), at: instant() }), { name: 'order', time: 'at' })
export const Plan = defineSchema(z.object({ client_id: z.string(), plan: z.string(), since: instant() }), { name: 'plan', time: 'since' })
/** A plan as of the database's time. */
export const Followed = defineSchema(z.object({ client_id: z.string(), plan: z.string(), since: messageTimestamp() }), {
  name: 'plan',
  time: 'since',
})

export const PARTITIONS = 3
const START = Date.UTC(2024, 0, 1)

/** What happens in one partition, in its order: an order, or a plan from then on; null for none any more. */
export interface Step {
  readonly partition: number
  readonly client: string
  readonly at: number
  /** Null for an order. */
  readonly change: { readonly plan: string | null } | null
}

/** Returns the same steps for the same seed: of `count` clients, which stay in their partitions. */
export function randomSteps(steps: number, clients: number, seed: number): Step[] {
  let state = seed
  const random = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  return Array.from({ length: steps }, (_, i) => {
    const client = random(clients)
    const kind = random(5)
    const change = kind > 1 ? null : { plan: random(4) === 0 ? null : `plan ${random(1000)}` }
    return { partition: client % PARTITIONS, client: `CLIENT_${client}`, at: START + i * 50 + random(50), change }
  })
}

/** The join as a plain program does it: an order sees the last version of its client that is not after it. */
export function expectedJoin(steps: readonly Step[]): string[] {
  const plans = new Map<string, { readonly at: number; readonly plan: string | null }[]>()
  for (const { client, at, change } of steps) if (change) plans.set(client, [...(plans.get(client) ?? []), { at, plan: change.plan }])
  return steps
    .flatMap(({ client, at, change }, id) => {
      const versions = (plans.get(client) ?? []).filter((version) => version.at <= at).sort((a, b) => a.at - b.at)
      return change ? [] : [`${id} ${client} ${versions.at(-1)?.plan ?? '∅'}`]
    })
    .sort()
}

/** The forms of one key that producers use. */
const keysOf = (client: string) => [
  client,
  JSON.stringify(client),
  JSON.stringify({ client_id: client }),
  JSON.stringify({ schema: null, payload: { client_id: client } }),
]

export async function createTopics(brokers: readonly string[]): Promise<{ orders: string; plans: string }> {
  const [orders, plans] = [unique('orders'), unique('plans')]
  await createTopic(brokers, orders, PARTITIONS)
  await createTopic(brokers, plans, PARTITIONS, { 'cleanup.policy': 'compact' })
  return { orders, plans }
}

/** Sends steps `[from, to)`: plans to a compacted topic, with tombstones. */
export async function sendSteps(
  brokers: readonly string[],
  topics: { orders: string; plans: string },
  steps: readonly Step[],
  from: number,
  to: number,
) {
  const producer = rawKafka(brokers).producer()
  await producer.connect()
  const given = steps.slice(from, to).map((step, i) => ({ ...step, id: from + i }))
  const message = ({ id, partition, client, at, change }: (typeof given)[number]) => {
    const since = new Date(at).toISOString()
    if (!change) return { partition, key: client, timestamp: String(at), value: JSON.stringify({ id, client_id: client, at: since }) }
    const value = change.plan === null ? null : JSON.stringify({ client_id: client, plan: change.plan, since })
    return { partition, key: keysOf(client)[id % 4] ?? client, timestamp: String(at), value }
  }
  await producer.send({ topic: topics.plans, messages: given.filter(({ change }) => change).map(message) })
  await producer.send({ topic: topics.orders, messages: given.filter(({ change }) => !change).map(message) })
  await producer.disconnect()
}

/** A change in each partition of the table after all steps, so that all orders leave. */
export const closing = (steps: readonly Step[]): Step[] =>
  Array.from({ length: PARTITIONS }, (_, partition) => ({
    partition,
    client: 'CLOSING',
    at: (steps.at(-1)?.at ?? 0) + 60_000,
    change: { plan: 'last' },
  }))
