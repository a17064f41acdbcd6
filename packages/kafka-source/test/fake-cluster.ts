import type { Cluster } from '../src/client/client.ts'

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

interface Protocol {
  readonly request: { readonly apiKey: number; readonly apiVersion: number; encode(): Promise<{ readonly buffer: Buffer }> }
  readonly response: { decode(answer: Buffer): Promise<object>; parse(decoded: object): Promise<Buffer> }
}

/** A cluster of one broker, number 0, which leads every partition. Methods in `more` replace or add to its own. */
export function fakeCluster({ versions, answer }: FakeOptions, more: object = {}): Cluster {
  const broker = {
    versions: Object.fromEntries(Object.entries(versions).map(([key, maxVersion]) => [key, { minVersion: 0, maxVersion }])),
    connectionPool: {
      async send({ request, response }: Protocol) {
        const { buffer } = await request.encode()
        if (!answer) throw new Error('nobody expects a request')
        return response.parse(await response.decode(await answer({ apiKey: request.apiKey, apiVersion: request.apiVersion, body: buffer })))
      },
    },
    disconnect: async () => {},
  }
  return {
    getNodeIds: () => [0],
    findBroker: async () => broker,
    findLeaderForPartitions: (_topic: string, partitions: readonly number[]) => ({ 0: partitions }),
    refreshMetadata: async () => {},
    connect: async () => {},
    ...more,
  } as never
}
