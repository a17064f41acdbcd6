/// <reference path="./kafkajs-internals.d.ts" />
import InternalCluster, { type BrokerPool } from 'kafkajs/src/cluster/index.js'
import Connection from 'kafkajs/src/network/connection.js'
import RequestQueue, { type Queue } from 'kafkajs/src/network/requestQueue/index.js'
import { isNamed } from './errors.ts'

/** Replaces what kafkajs 2.2.4 does on connections that fail. */
export function patchKafkaJs(): void {
  // kafkajs 2.2.4 arms this timer with a negative time whenever nothing is pending: it then wakes every millisecond for ever, and Node 24
  // prints a warning. With nothing pending there is nothing to check, and `push` arms it itself.
  const scheduleCheck = RequestQueue.prototype.scheduleCheckPendingRequests
  RequestQueue.prototype.scheduleCheckPendingRequests = function () {
    if (this.pending.length > 0) scheduleCheck.call(this)
  }

  // After a request that got no answer in time kafkajs keeps using the same connection, which may swallow every later one too. It is closed
  // instead, as Java's client does, and the next request opens another. The broker holds back requests after a join, so a join is exempt.
  const destroySocket = new WeakMap<Queue, () => void>()
  const connect = Connection.prototype.connect
  Connection.prototype.connect = function () {
    destroySocket.set(this.requestQueue, () => this.socket?.destroy(new Error('no answer came in time')))
    return connect.call(this)
  }
  const createRequest = RequestQueue.prototype.createSocketRequest
  RequestQueue.prototype.createSocketRequest = function (pushed) {
    const request = createRequest.call(this, pushed)
    const expire = request.timeoutHandler
    request.timeoutHandler = () => {
      expire()
      const joins = [...this.inflight.values()].some(({ entry }) => /^(Join|Sync)Group$/.test(entry.apiName))
      if (!joins && request.entry.apiName !== 'ApiVersions') destroySocket.get(this)?.()
    }
    return request
  }

  // kafkajs takes a coordinator that was not found for final, and a consumer that loses one answer would end. One lost answer may pass.
  const findCoordinator = InternalCluster.prototype.findGroupCoordinatorMetadata
  InternalCluster.prototype.findGroupCoordinatorMetadata = function (request) {
    return findCoordinator.call(this, request).catch(async (error: unknown) => {
      if (!isNamed(error, 'KafkaJSGroupCoordinatorNotFound')) throw error
      throw (await refusalOf(this.brokerPool, request)) ?? Object.assign(error as Error, { retriable: true })
    })
  }
}

/** Returns the error of a broker that does not allow this user to find a coordinator, which kafkajs drops; null where none says so. */
async function refusalOf(pool: BrokerPool, request: object): Promise<unknown> {
  let refused: unknown = null
  const note = (error: { readonly type?: string }) => {
    if (/AUTHORIZATION_FAILED$/.test(error.type ?? '')) refused = error
    throw error
  }
  await pool.withBroker(({ broker }) => broker.findGroupCoordinator(request).catch(note)).catch(() => null)
  return refused
}
