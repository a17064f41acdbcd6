import type * as tls from 'node:tls'
import { type Duration, type Logger, millis, TicketsError } from '@tickets/core'
import { harmlessLogger } from '@tickets/core/internal'
import type { SaslOptions } from './sasl-options.ts'

/** `true` for TLS with the system's certificates, or Node's options of TLS. */
export type TlsOptions = boolean | tls.ConnectionOptions

/** Says how to reach a cluster. */
export interface ConnectionOptions {
  /** `host:port` of one broker or several. */
  readonly brokers: readonly string[]
  /** `true` for TLS with the system's certificates, or Node's TLS options. */
  readonly ssl?: TlsOptions
  /** `{ mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512', username, password }`, `{ mechanism: 'oauthbearer', oauthBearerProvider }`, or one of your own. */
  readonly sasl?: SaslOptions
  /** The name of this program in the broker's logs and quotas. Default: `tickets`. */
  readonly clientId?: string
  /**
   * The library for metadata, groups, offsets and producing: `kafkajs` (the default), or `@platformatic/kafka`, which you install, for sources,
   * `ensureTopic` and `produce`. Messages are fetched in the same way with either.
   */
  readonly driver?: 'kafkajs' | '@platformatic/kafka'
  /** Receives what the Kafka client logs. Default: nothing is logged. */
  readonly logger?: Logger
}

/** Returns the same options with a logger that never throws. */
export const withHarmlessLogger = <O extends Pick<ConnectionOptions, 'logger'>>(options: O): O =>
  options.logger ? { ...options, logger: harmlessLogger(options.logger) } : options

/** Returns a whole number greater than 0. Throws `OPTION_INVALID` for anything else. */
export const positive = (value: number, what: string): number => {
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new TicketsError('OPTION_INVALID', `${what} is a whole number greater than 0, got ${value}`)
}

/** Returns a duration in milliseconds, or `fallback` where none is given. Throws `OPTION_INVALID`. */
export const time = (value: Duration | undefined, fallback: number, what: string): number =>
  positive(value === undefined ? fallback : millis(value, what), what)

/** Returns the addresses. Throws `OPTION_INVALID` for one that is not `host:port`. */
export function checkBrokers(brokers: readonly string[]): readonly string[] {
  const wrong = brokers.find((b) => !/^.+:\d+$/.test(b))
  if (brokers.length > 0 && wrong === undefined) return brokers
  throw new TicketsError('OPTION_INVALID', `brokers is a list of host:port such as ['localhost:9092'], got ${JSON.stringify(wrong ?? brokers)}`)
}
