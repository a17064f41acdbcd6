declare module 'kafkajs/src/network/requestQueue/index.js' {
  export interface SocketRequest {
    readonly entry: { readonly apiName: string }
    timeoutHandler: () => void
  }
  export interface Queue {
    readonly pending: unknown[]
    readonly inflight: ReadonlyMap<number, SocketRequest>
    scheduleCheckPendingRequests(): void
    createSocketRequest(request: object): SocketRequest
  }
  const RequestQueue: { prototype: Queue }
  export default RequestQueue
}

declare module 'kafkajs/src/network/connection.js' {
  import type { Socket } from 'node:net'
  import type { Queue } from 'kafkajs/src/network/requestQueue/index.js'

  const Connection: { prototype: { readonly requestQueue: Queue; readonly socket?: Socket; connect(): Promise<boolean> } }
  export default Connection
}

declare module 'kafkajs/src/protocol/recordBatch/crc32C/index.js' {
  export default function crc32c(bytes: Uint8Array): number
}

declare module 'kafkajs/src/cluster/index.js' {
  export interface BrokerPool {
    withBroker(
      work: (one: { readonly broker: { findGroupCoordinator(request: object): Promise<object> } }) => Promise<object>,
    ): Promise<object | null>
  }
  const Cluster: { prototype: { readonly brokerPool: BrokerPool; findGroupCoordinatorMetadata(request: object): Promise<object> } }
  export default Cluster
}
