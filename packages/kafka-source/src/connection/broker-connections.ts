import { backoff, systemClock } from '@tickets/core/internal'
import { type BrokerAddress, BrokerConnection, type BrokerRequest, type ConnectionSettings } from './broker-connection.ts'
import type { Parser } from './byte-feed.ts'
import { ConnectionFault } from './fault.ts'

/** The pause before a broker that could not be reached is tried again. */
const RECONNECT_PAUSES_MS = { first: 50, longest: 1000 }

/** Connections of our own, one to each broker. One that ended is replaced with the next request. */
export class BrokerConnections {
  readonly #settings: ConnectionSettings
  readonly #open = new Map<string, Promise<BrokerConnection>>()
  /** How often in a row a broker could not be reached. */
  readonly #failures = new Map<string, number>()
  readonly #closed = new AbortController()

  constructor(settings: ConnectionSettings) {
    this.#settings = settings
  }

  /** Returns the highest version of an API that this broker offers; -1 if it does not know the API. */
  async maxVersion(address: BrokerAddress, apiKey: number): Promise<number> {
    return (await this.#to(address)).maxVersion(apiKey)
  }

  /** Sends a request. Returns what `body` reads of its answer, which are all bytes by default. */
  async send<R = Buffer>(address: BrokerAddress, request: BrokerRequest, body?: (bytes: number) => Parser<R>): Promise<R> {
    return (await this.#to(address)).send(request, body)
  }

  /** Ends all connections now, and for good. */
  close(): void {
    this.#closed.abort()
    for (const opening of this.#open.values())
      opening.then(
        (connection) => connection.close(),
        () => {},
      )
    this.#open.clear()
  }

  async #to(address: BrokerAddress): Promise<BrokerConnection> {
    const name = `${address.host}:${address.port}`
    const known = this.#open.get(name)
    const connection = await known
    if (connection?.isUsable) return connection
    // Another request may have replaced it meanwhile.
    const now = this.#open.get(name)
    if (now && now !== known) return now
    connection?.retire()
    const opening = this.#connect(name, address)
    this.#open.set(name, opening)
    opening.then(
      () => this.#failures.delete(name),
      () => {
        this.#failures.set(name, (this.#failures.get(name) ?? 0) + 1)
        if (this.#open.get(name) === opening) this.#open.delete(name)
      },
    )
    return opening
  }

  async #connect(name: string, address: BrokerAddress): Promise<BrokerConnection> {
    const failures = this.#failures.get(name) ?? 0
    if (failures > 0) await systemClock.sleep(backoff(failures, RECONNECT_PAUSES_MS), this.#closed.signal)
    this.#throwIfClosed()
    const connection = await BrokerConnection.open(address, this.#settings)
    if (this.#closed.signal.aborted) connection.close()
    this.#throwIfClosed()
    return connection
  }

  #throwIfClosed(): void {
    if (this.#closed.signal.aborted) throw new ConnectionFault('ConnectionClosedError', 'the client was ended')
  }
}
