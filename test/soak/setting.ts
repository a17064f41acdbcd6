import type { Broker } from '../broker/broker.ts'
import { javaBroker } from '../broker/java.ts'
import { Bench } from '../crash/bench.ts'
import type { SentTo } from '../crash/config.ts'
import { otherClient } from '../crash/python.ts'
import { type MemberConfig, PARTITIONS } from './config.ts'
import { Member } from './member-process.ts'

/** The share of messages that are no tickets. */
const INVALID = 0.002

/** A broker that may be killed, a topic, and the members of a pipeline that reads it. */
export interface Setting {
  readonly broker: Broker
  readonly bench: Bench
  readonly topic: string
  readonly topics: SentTo
  readonly home: string
  readonly members: readonly Member[]
  /** Starts a member. */
  start(more?: Partial<MemberConfig>): Member
  /** Produces in a process of its own. Resolves to how many messages there were. */
  produce(load: { readonly rate: number; readonly seconds: number }): Promise<number>
}

/**
 * Does some work in a setting, and ends all of it.
 *
 * @param failed called when a member ends by itself
 */
export async function withSetting<R>(
  config: Pick<MemberConfig, 'range' | 'compactEvery'>,
  failed: (why: string) => void,
  work: (setting: Setting) => Promise<R>,
): Promise<R> {
  const broker = await javaBroker()
  const bench = await Bench.open(broker.brokers)
  const members: Member[] = []
  try {
    const topic = await bench.freshTopic({ count: 0, partitions: PARTITIONS })
    const topics = { high: await bench.freshTopic({ count: 0 }), dead: await bench.freshTopic({ count: 0, partitions: 1 }) }
    const home = bench.folder('soak')
    return await work({
      ...{ broker, bench, topic, topics, home, members },
      start(more = {}) {
        const own = { brokers: broker.brokers, topic, group: topic, home, topics, until: 'never', leak: [], ...config, ...more } as const
        const member = new Member(own, failed)
        members.push(member)
        return member
      },
      async produce(load) {
        const client = await otherClient()
        try {
          const job = { do: 'steady', topic, brokers: broker.brokers.join(','), ...load, partitions: PARTITIONS, seed: 1, poison: INVALID }
          return Number((await client.do(job)).sent)
        } finally {
          client.close()
        }
      },
    })
  } finally {
    for (const member of members) member.kill()
    await bench.close()
    await broker.stop()
  }
}
