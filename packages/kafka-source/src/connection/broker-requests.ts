import type { BrokerAddress, BrokerRequest, ConnectionSettings } from './broker-connection.ts'
import { BrokerConnections } from './broker-connections.ts'
import type { Parser } from './byte-feed.ts'
import { ConnectionFault } from './fault.ts'

/** Returns what sends requests to brokers by their number, over connections of our own. `addressOf` knows where the brokers are. */
export function brokerRequests(settings: ConnectionSettings, addressOf: (nodeId: string) => BrokerAddress | undefined) {
  const connections = new BrokerConnections(settings)
  const known = (nodeId: string): BrokerAddress => {
    const address = addressOf(nodeId)
    if (address) return address
    throw new ConnectionFault('BrokerNotFoundError', `broker ${nodeId} is not among the brokers that the cluster names`)
  }
  return {
    maxVersion: async (nodeId: string, apiKey: number): Promise<number> => connections.maxVersion(known(nodeId), apiKey),
    send: async <R = Buffer>(nodeId: string, request: BrokerRequest, body?: (bytes: number) => Parser<R>): Promise<R> =>
      connections.send(known(nodeId), request, body),
    close: () => connections.close(),
  }
}
