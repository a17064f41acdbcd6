import type { Cluster } from '../src/client/port.ts'

/** A request as it goes to the broker. */
export interface Asked {
  readonly apiKey: number
  readonly apiVersion: number
  readonly body: Buffer
}

interface FakeOptions {
  /** API → the highest version that the broker offers. */
  readonly versions: Readonly<Record<number, number>>
  /** The broker's answer to a request that is sent already encoded. */
  readonly answer?: (asked: Asked) => Buffer | Promise<Buffer>
}

/** A cluster of one broker, number 0, which leads every partition. Methods in `more` replace or add to its own. */
export function fakeCluster({ versions, answer }: FakeOptions, more: object = {}): Cluster {
  return {
    getNodeIds: () => [0],
    maxVersion: async (_: string, apiKey: number) => versions[apiKey] ?? -1,
    send: async (_: string, request: Asked) => {
      if (!answer) throw new Error('nobody expects a request')
      return answer(request)
    },
    findLeaderForPartitions: (_topic: string, partitions: readonly number[]) => ({ 0: partitions }),
    refreshMetadata: async () => {},
    connect: async () => {},
    ...more,
  } as never
}
