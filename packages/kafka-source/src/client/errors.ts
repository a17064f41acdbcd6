import { isTicketsError, TicketsError } from '@tickets/core'
import { tlsProblem, withoutTls, withTls } from '../tls/tls-errors.ts'
import { handshakeFault, spokenAt } from '../tls/wrong-port.ts'
import { deniedText, type Subject } from './subject.ts'

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

/**
 * Returns a `TicketsError` for an error of the Kafka client, with what to do. `brokers` are those that were asked, `subject` what they were asked
 * about.
 */
export function kafkaError(error: unknown, brokers: readonly string[], subject: Subject = {}): TicketsError {
  const errors = chain(error)
  const known = errors.find((e) => isTicketsError(e))
  if (known) return known as TicketsError
  const root = errors.at(-1)
  const at = brokers.join(', ')
  const text = (root?.message ?? String(error)).trim()
  const refused = loginError(errors, subject, at)
  if (refused !== null) return new TicketsError('SOURCE_FAILED', refused, { cause: error })
  const denied = errors.map(({ type = '' }) => deniedText(type, subject)).find((found) => found !== null)
  if (denied) return new TicketsError('SOURCE_FAILED', `The Kafka broker at ${at} does not allow this user to ${denied}`, { cause: error })
  if (isSilent(error)) {
    const message = `Something at ${at} accepts connections and does not answer as a Kafka broker does: check that the port in \`brokers\` is the broker's (and not that of another service, or of a proxy without one behind it), and that the broker does not hang`
    return new TicketsError('SOURCE_UNREACHABLE', message, { cause: error, retryable: true })
  }
  if (errors.some((e) => unreachable.test(e.name))) {
    const problem = tlsProblem(errors, subject.connection?.ssl)
    if (problem !== null) {
      const message = `No secure connection to the Kafka broker at ${at} (${text}): ${problem.text}`
      return new TicketsError('SOURCE_UNREACHABLE', message, { cause: error, retryable: problem.passes })
    }
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

const isSasl = /^(KafkaJS)?SASLAuthenticationError$/

/** Returns what is wrong with a login; null where the broker refused none. */
function loginError(errors: readonly KafkaError[], { connection = {} }: Subject, at: string): string | null {
  const { sasl } = connection
  const by = sasl === undefined ? '' : ` by ${sasl.mechanism.toUpperCase()}`
  if (errors.some((e) => e.type === 'UNSUPPORTED_SASL_MECHANISM'))
    return `The Kafka broker at ${at} does not take the login of \`sasl\` here: it has no login${by} at this port. Set \`mechanism\` to one of the listener's sasl.enabled.mechanisms`
  if (errors.some((e) => e.type === 'ILLEGAL_SASL_STATE'))
    return `The Kafka broker at ${at} does not take the login of \`sasl\` here: this port wants none. Leave \`sasl\` out, or use the port that wants one`
  const refused = errors.find((e) => isSasl.test(e.name))
  if (!refused) return null
  const whose = sasl !== undefined && 'username' in sasl ? ` of "${sasl.username}"` : ''
  const check =
    sasl === undefined
      ? 'mechanism, username, password'
      : 'username' in sasl
        ? `username and password, and that the broker has this user for ${sasl.mechanism.toUpperCase()}`
        : 'oauthBearerProvider' in sasl
          ? 'what `oauthBearerProvider` returns: issuer, audience, expiry and signature as the broker expects them'
          : 'what it sends'
  return `The Kafka broker at ${at} refused the login${whose}${by} (${refused.message}): check \`sasl\`: ${check}`
}

/** Whether a connection ended as it does where one side speaks TLS and the other does not. */
const isCutOff = (error: unknown): boolean =>
  chain(error).some(
    ({ name, code, message }) => /ConnectionClosed/.test(name) || code === 'ECONNRESET' || /closed|before secure TLS|requires TLS/i.test(message),
  )

/**
 * Returns what is wrong with TLS where a connection only ended: the client's certificate is refused, or one side speaks TLS and the other does not.
 * Null where that is not sure: a broker that stops ends connections in the same way, so it is asked, over connections of our own.
 */
export async function tlsFault(error: unknown, brokers: readonly string[], connection: Subject['connection']): Promise<TicketsError | null> {
  const [broker] = brokers
  if (broker === undefined || connection === undefined || !isCutOff(error)) return null
  const { ssl } = connection
  const told = ssl ? tlsProblem(chain(await handshakeFault(broker, ssl)), ssl) : null
  const spoken = told?.passes === false ? null : await spokenAt(broker, ssl ? 'tls' : 'plain')
  const text = spoken === 'tls' ? withTls : spoken === 'plain' ? withoutTls : told?.passes === false ? told.text : null
  if (text === null) return null
  return new TicketsError('SOURCE_UNREACHABLE', `No connection to the Kafka broker at ${broker}: ${text}`, { cause: error })
}

/** Runs `work`, and turns what it throws into our errors. */
export async function withTicketsErrors<R>(brokers: readonly string[], work: () => Promise<R>, subject: Subject = {}): Promise<R> {
  try {
    return await work()
  } catch (error) {
    throw (await tlsFault(error, brokers, subject.connection)) ?? kafkaError(error, brokers, subject)
  }
}
