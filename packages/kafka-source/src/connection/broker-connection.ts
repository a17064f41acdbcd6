import type { Socket } from 'node:net'
import type { Logger } from '@tickets/core'
import { logEvent, systemClock } from '@tickets/core/internal'
import { answers, type Body, whole } from './answers.ts'
import { ByteFeed, look, type Parser } from './byte-feed.ts'
import type { ConnectionOptions } from './connection-options.ts'
import { ConnectionFault } from './fault.ts'
import { login } from './login.ts'
import type { openSocket } from './socket.ts'
import { WireReader, WireWriter } from './wire.ts'

/** Where a broker is. */
export interface BrokerAddress {
  readonly host: string
  readonly port: number
}

/** A request whose body is encoded already. */
export interface BrokerRequest {
  readonly apiKey: number
  readonly apiVersion: number
  readonly apiName: string
  readonly body: Buffer
  /** The answer opens with a throttle time, for which the next request waits. */
  readonly throttled?: boolean
  /** How long the broker may hold it back beside the time for an answer, in milliseconds. */
  readonly held?: number
}

/** What connections to brokers are made with. */
export interface ConnectionSettings extends Pick<ConnectionOptions, 'ssl' | 'sasl' | 'clientId'> {
  readonly logger: Logger | undefined
  /** How long an answer may take, in milliseconds. */
  readonly requestTimeout: number
  readonly open: typeof openSocket
}

interface Waiting {
  readonly correlation: number
  readonly body: Body
  readonly fail: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

/** How long a connection may take until bytes can be sent, in milliseconds. */
const CONNECT_MS = 3000
/** A login that ends within this time is renewed before the next request, in milliseconds. */
const RENEW_MS = 10_000

const apiVersions = { apiKey: 18, apiVersion: 0, apiName: 'ApiVersions', body: Buffer.alloc(0) }

/**
 * One connection to one broker: requests in their order, and their answers, which the broker gives in the same order.
 *
 * A request that got no answer in time ends the connection, since it may swallow every later one too. So do bytes that are no answer.
 */
export class BrokerConnection {
  readonly #settings: ConnectionSettings
  readonly #address: BrokerAddress
  readonly #waiting: Waiting[] = []
  readonly #versions = new Map<number, number>()
  #socket: Socket | null = null
  #fault: Error | null = null
  #correlation = 0
  /** Until when the broker wants no request, and when the login ends, in milliseconds of `performance.now()`. */
  #throttledUntil = 0
  #isRetired = false
  #expires = Number.POSITIVE_INFINITY

  private constructor(address: BrokerAddress, settings: ConnectionSettings) {
    this.#address = address
    this.#settings = settings
  }

  /** Connects, asks what the broker can do, and logs in. */
  static async open(address: BrokerAddress, settings: ConnectionSettings): Promise<BrokerConnection> {
    const connection = new BrokerConnection(address, settings)
    try {
      await connection.#connect()
      await connection.#readVersions()
      await connection.#login()
      return connection
    } catch (error) {
      connection.close()
      throw error
    }
  }

  /** Whether requests can be sent over it: it stands, and its login is not about to end. */
  get isUsable(): boolean {
    return this.#fault === null && performance.now() < this.#expires
  }

  /** Returns the highest version of an API that the broker offers; -1 for an API that it does not know. */
  maxVersion(apiKey: number): number {
    return this.#versions.get(apiKey) ?? -1
  }

  /** Sends a request. Returns what `body` reads of its answer. */
  async send<R = Buffer>(request: BrokerRequest, body: (bytes: number) => Parser<R> = whole as never): Promise<R> {
    const throttled = this.#throttledUntil - performance.now()
    if (throttled > 0) await systemClock.sleep(throttled)
    return new Promise<R>((resolve, reject) => {
      if (this.#fault) return reject(this.#fault)
      const correlation = this.#correlation
      this.#correlation = (correlation + 1) & 0x7fffffff
      const late = () => {
        const message = `the broker did not answer ${request.apiName} within ${this.#settings.requestTimeout} ms`
        this.#end(new ConnectionFault('RequestTimeoutError', message, { broker: this.#name }))
      }
      const read = (bytes: number) => this.#read(bytes, request, body, resolve)
      const timer = setTimeout(late, this.#settings.requestTimeout + (request.held ?? 0))
      this.#waiting.push({ correlation, body: read, fail: reject, timer })
      this.#socket?.write(this.#encode(request, correlation))
    })
  }

  /** Ends the connection once its requests are answered. */
  retire(): void {
    this.#isRetired = true
    if (this.#waiting.length === 0) this.close()
  }

  /** Ends the connection now. Requests without an answer fail. */
  close(): void {
    this.#end(new ConnectionFault('ConnectionClosedError', 'the connection was given up'))
  }

  get #name(): string {
    return `${this.#address.host}:${this.#address.port}`
  }

  #encode({ apiKey, apiVersion, body }: BrokerRequest, correlation: number): Buffer {
    const head = new WireWriter()
      .int16(apiKey)
      .int16(apiVersion)
      .int32(correlation)
      .string(this.#settings.clientId ?? 'tickets')
      .end()
    return new WireWriter()
      .int32(head.length + body.length)
      .bytes(head)
      .bytes(body)
      .end()
  }

  *#read<R>(bytes: number, { throttled }: BrokerRequest, body: (bytes: number) => Parser<R>, done: (result: R) => void): Parser<void> {
    if (throttled) this.#throttledUntil = performance.now() + (yield look(4)).readInt32BE(0)
    const result = yield* body(throttled ? bytes - 4 : bytes)
    clearTimeout(this.#waiting.shift()?.timer)
    done(result)
    if (this.#isRetired && this.#waiting.length === 0) this.close()
  }

  /** The broker answers in the order of the requests. The first stays among them until its answer is there as a whole. */
  #bodyOf(correlation: number): Body {
    const first = this.#waiting[0]
    if (first?.correlation !== correlation) throw new RangeError(`answer ${correlation} came where ${first?.correlation ?? 'none'} is due`)
    return first.body
  }

  #connect(): Promise<void> {
    const { ssl, open, logger } = this.#settings
    const { host, port } = this.#address
    logEvent(logger, 'kafka.connecting', { broker: this.#name }, `connecting to ${this.#name}`)
    const feed = new ByteFeed(answers((correlation) => this.#bodyOf(correlation)))
    const onRead = (bytes: number) => {
      try {
        feed.filled(bytes)
      } catch (error) {
        this.#end(
          new ConnectionFault('ConnectionError', `what came is no answer of a Kafka broker: ${(error as Error).message}`, { broker: this.#name }),
        )
      }
    }
    return new Promise((resolve, reject) => {
      const fail = (message: string, cause?: unknown) => {
        this.#end(new ConnectionFault('ConnectionError', message, { broker: this.#name, cause }))
        reject(this.#fault)
      }
      const timer = setTimeout(() => fail('Connection timeout'), CONNECT_MS)
      const connected = () => {
        clearTimeout(timer)
        resolve()
      }
      const socket = open({
        host,
        port,
        ssl: ssl ? (ssl === true ? {} : ssl) : undefined,
        onConnect: connected,
        onRead: { room: () => feed.room, filled: onRead },
      })
      this.#socket = socket
      socket.on('error', (error) => fail(`Connection error: ${error.message}`, error))
      const closed = () => {
        clearTimeout(timer)
        this.#end(new ConnectionFault('ConnectionClosedError', 'the broker closed the connection'))
        reject(this.#fault)
      }
      socket.on('end', closed).on('close', closed)
    })
  }

  async #readVersions(): Promise<void> {
    const r = new WireReader(await this.send(apiVersions))
    r.int16()
    r.array(() => {
      const apiKey = r.int16()
      r.int16()
      this.#versions.set(apiKey, r.int16())
    })
  }

  async #login(): Promise<void> {
    const { sasl, logger } = this.#settings
    if (!sasl) return
    const lifetime = await login(sasl, { ...this.#address, logger }, (request) => this.send(request))
    if (lifetime > 0) this.#expires = performance.now() + Math.max(lifetime - RENEW_MS, lifetime / 2)
  }

  #end(fault: Error): void {
    if (this.#fault) return
    this.#fault = fault
    this.#socket?.destroy()
    for (const { timer, fail } of this.#waiting.splice(0)) {
      clearTimeout(timer)
      fail(fault)
    }
  }
}
