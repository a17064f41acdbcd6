import { isTicketsError, TicketsError } from '@tickets/core'

export interface KafkaError extends Error {
  readonly type?: string
  readonly code?: string | number
  readonly retriable?: boolean
  /** Which broker a connection was to, as `host:port`. */
  readonly broker?: string
}

/** Returns whether a value is an error. Never by `instanceof`: under Jest and in `vm` contexts some errors are of another realm's `Error`. */
export const isError = (value: unknown): value is KafkaError => typeof value === 'object' && value !== null && 'message' in value && 'name' in value

/** Returns whether the client threw an error of this name. */
export const isNamed = (error: unknown, name: string | RegExp): boolean =>
  isError(error) && (typeof name === 'string' ? error.name === name : name.test(error.name))

/** Returns the error and those below it. */
export function chain(error: unknown): KafkaError[] {
  const all: KafkaError[] = []
  for (let e = error; isError(e) && !all.includes(e); e = e.cause) all.push(e)
  return all
}

/** Of kafkajs, and of our own connections, whose names lack its prefix. */
const unreachable =
  /^(KafkaJS)?(Connection|ConnectionClosed|RequestTimeout|BrokerNotFound|NoBrokerAvailable|GroupCoordinatorNotFound|LockTimeout|Timeout)(Error)?$/
const tls = /certificate|self.signed|SSL|TLS|wrong version number|ERR_SSL/i

/** Returns a `TicketsError` for an error of the Kafka client, with what to do. `brokers` are those that were asked. */
export function kafkaError(error: unknown, brokers: readonly string[]): TicketsError {
  const known = chain(error).find((e) => isTicketsError(e))
  if (known) return known as TicketsError
  const errors = chain(error)
  const root = errors.at(-1)
  const at = brokers.join(', ')
  const text = root?.message ?? String(error)
  if (errors.some((e) => /^(KafkaJS)?SASLAuthenticationError$/.test(e.name))) {
    return new TicketsError('SOURCE_FAILED', `The Kafka broker at ${at} refused the login (${text}): check \`sasl\`: mechanism, username, password`, {
      cause: error,
    })
  }
  if (errors.some((e) => e.type === 'ILLEGAL_SASL_STATE' || e.type === 'UNSUPPORTED_SASL_MECHANISM')) {
    const message = `The Kafka broker at ${at} does not take the login of \`sasl\` here (${text}): leave \`sasl\` out where the port wants none, else use the port that wants one, with a \`mechanism\` that the broker has`
    return new TicketsError('SOURCE_FAILED', message, { cause: error })
  }
  const denied = errors.find((e) => e.type?.endsWith('AUTHORIZATION_FAILED'))
  if (denied) {
    const what =
      denied.type === 'GROUP_AUTHORIZATION_FAILED'
        ? 'join this consumer group: allow READ on the group'
        : 'do this: allow READ and DESCRIBE on the topic'
    return new TicketsError('SOURCE_FAILED', `The Kafka broker at ${at} does not allow this user to ${what}`, { cause: error })
  }
  if (isSilent(error)) {
    const message = `Something at ${at} accepts connections and does not answer as a Kafka broker does: check that the port in \`brokers\` is the broker's (and not that of another service, or of a proxy without one behind it), and that the broker does not hang`
    return new TicketsError('SOURCE_UNREACHABLE', message, { cause: error, retryable: true })
  }
  if (errors.some((e) => unreachable.test(e.name))) {
    if (tls.test(text))
      return new TicketsError(
        'SOURCE_UNREACHABLE',
        `No secure connection to the Kafka broker at ${at} (${text}): check \`ssl\` and the broker's certificate`,
        { cause: error },
      )
    const told = errors.find(({ broker }) => broker !== undefined && !brokers.includes(broker))?.broker
    if (told !== undefined) {
      const message = `The Kafka broker at ${at} tells clients to connect to ${told} (its advertised.listeners), and nothing answers there from here (${text}): start the broker at ${told}, make its name known to this machine, or set advertised.listeners to an address that this machine reaches`
      return new TicketsError('SOURCE_UNREACHABLE', message, { cause: error, retryable: true })
    }
    if (errors.some((e) => /^(KafkaJS)?ConnectionClosedError$/.test(e.name))) {
      const message = `The Kafka broker at ${at} closed the connection without an answer: it may have stopped, or this port wants a login (set \`sasl\`) or TLS (set \`ssl\`)`
      return new TicketsError('SOURCE_UNREACHABLE', message, { cause: error, retryable: true })
    }
    const message = `No Kafka broker answers at ${at} (${text}): start it, or correct \`brokers\`; a broker that wants TLS or a login needs \`ssl\` or \`sasl\``
    return new TicketsError('SOURCE_UNREACHABLE', message, { cause: error, retryable: true })
  }
  const retryable = errors.some((e) => e.retriable === true)
  return new TicketsError('SOURCE_FAILED', `Kafka at ${at}: ${text}`, { cause: error, retryable })
}

/**
 * Returns whether a broker accepted the connection and never answered the first request. kafkajs takes such a connection for connected, and can
 * send nothing over it.
 */
export const isSilent = (error: unknown): boolean =>
  chain(error).some(
    ({ name, message }) => message === 'Broker not connected' || (/^(KafkaJS)?RequestTimeoutError$/.test(name) && /ApiVersions/.test(message)),
  )

/** Runs `work`, and turns what it throws into our errors. */
export async function withTicketsErrors<R>(brokers: readonly string[], work: () => Promise<R>): Promise<R> {
  try {
    return await work()
  } catch (error) {
    throw kafkaError(error, brokers)
  }
}
