import { apiKeys, type Fate, kafkaProxy } from '../../../packages/kafka-source/test/proxy.ts'
import { allEnd } from './groups.ts'
import type { Scenario } from './scenario.ts'

const ofReading = [
  'fetch',
  'fetch',
  'metadata',
  'listOffsets',
  'offsetCommit',
  'offsetFetch',
  'findCoordinator',
  'joinGroup',
  'syncGroup',
  'heartbeat',
] as const
const ofWriting = ['produce', 'produce', 'initProducerId', 'addPartitions', 'addOffsets', 'offsets', 'endTxn', 'endTxn'] as const

interface Loss {
  readonly api: keyof typeof apiKeys
  readonly fate: Fate
  /** The calls from this one on, so many of them. */
  readonly call: number
  readonly times: number
}

const lost: Scenario = {
  name: 'answers of the broker lost, swallowed or emptied while running',
  weight: 5,
  async run(run) {
    const { random } = run
    const toTopics = random.chance(0.6)
    run.topic = await run.bench.topic()
    if (toTopics) await run.sendToTopics()
    const losses: Loss[] = Array.from({ length: random.int(2, 5) }, () => ({
      api: random.pick(toTopics && random.chance(0.6) ? ofWriting : ofReading),
      fate: random.pick(['before', 'before', 'after', 'after', 'after', 'swallow', 'mute'] as const),
      call: random.int(1, 8),
      times: 1,
    }))
    // Few enough in a row that they prove no gap.
    losses.push({ api: 'fetch', fate: 'empty', call: random.int(1, 6), times: random.int(3, 5) })
    const calls = new Map<number, number>()
    const hit = new Set<Loss>()
    const proxy = await kafkaProxy(run.bench.brokers[0] ?? '', ({ apiKey }) => {
      const call = (calls.get(apiKey) ?? 0) + 1
      calls.set(apiKey, call)
      const loss = losses.find((one) => apiKeys[one.api] === apiKey && call >= one.call && call < one.call + one.times)
      if (loss) hit.add(loss)
      return loss?.fate ?? 'pass'
    })
    try {
      const worker = run.start({
        through: proxy.port,
        pace: { rows: 100, ms: 20 },
        rangeRows: 100,
        // An answer that never comes is waited for half a minute, and there may be several.
        retryFor: 200_000,
        partitionBytes: 20_000,
        sessionTimeout: 6000,
        stallTimeout: 2000,
      })
      await allEnd(run, [worker], 300_000)
      run.note([...hit].map(({ api, fate, call }) => `${api}#${call} ${String(fate)}`).join(', '))
      if (!worker.said.some((said) => 'done' in said)) run.errors.push(`the worker did not come to its end: ${JSON.stringify(worker.said.slice(-3))}`)
    } finally {
      await proxy.close()
    }
  },
}

export const answers: readonly Scenario[] = [lost]
