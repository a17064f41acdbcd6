import type * as Platformatic from '@platformatic/kafka'
import { isTicketsError, TicketsError } from '@tickets/core'
import type { ConnectionOptions } from '../connection/connection-options.ts'
import { ConnectionFault } from '../connection/fault.ts'
import { checkAccepted, tokenOf } from '../connection/oauth-bearer.ts'
import type { SaslOptions } from '../connection/sasl-options.ts'
import { isError, type KafkaError } from './errors.ts'
import type { DriverRetry } from './port.ts'

/** The library, as it is loaded. */
export type Library = typeof Platformatic

/** Loads `@platformatic/kafka`. Throws `OPTION_INVALID` where it is not installed. */
export async function loadPlatformatic(): Promise<Library> {
  try {
    return await import('@platformatic/kafka')
  } catch (cause) {
    const message = "driver '@platformatic/kafka' needs the package of that name, which is not installed: npm i @platformatic/kafka"
    throw new TicketsError('OPTION_INVALID', message, { cause })
  }
}

const CONNECT_MS = 3000
const RETRY_PAUSE_MS = 200

/** Returns the options of the library's clients. Throws `OPTION_INVALID` for a login that it does not have. */
export function libraryOptions({ brokers, clientId = 'tickets', ssl, sasl }: ConnectionOptions, { retries }: DriverRetry, requestTimeout: number) {
  return {
    clientId,
    bootstrapBrokers: [...brokers],
    connectTimeout: CONNECT_MS,
    requestTimeout,
    timeout: requestTimeout,
    retries,
    retryDelay: RETRY_PAUSE_MS,
    ...(ssl ? { tls: ssl === true ? {} : ssl } : {}),
    ...(sasl ? { sasl: loginOf(sasl) } : {}),
  }
}

function loginOf(sasl: SaslOptions): Platformatic.SASLOptions {
  const mechanism = sasl.mechanism.toUpperCase()
  if ('username' in sasl) return { mechanism: mechanism as 'PLAIN', username: sasl.username, password: sasl.password }
  if ('oauthBearerProvider' in sasl) {
    const token = async () => (await tokenOf(sasl.oauthBearerProvider)).value
    return { mechanism: 'OAUTHBEARER', token, authBytesValidator: acceptedToken }
  }
  const message = `driver '@platformatic/kafka' has no login by ${mechanism}: use PLAIN, SCRAM or OAUTHBEARER, or the driver 'kafkajs'`
  throw new TicketsError('OPTION_INVALID', message)
}

/** The library takes any answer to a token for a yes. */
function acceptedToken(answer: Buffer, done: (error: Error | null, answer?: Buffer) => void): void {
  let refused: Error | null = null
  try {
    checkAccepted(answer)
  } catch (error) {
    refused = error as Error
  }
  done(refused, answer)
}

/** What the library throws: `errors` are those of several tries or brokers. */
interface LibraryError extends KafkaError {
  readonly errors?: readonly LibraryError[]
  /** The name of an error of the protocol. */
  readonly apiId?: string
  readonly canRetry?: boolean
}

/** The kinds of errors, the one that says most first. */
const kinds = ['PLT_KFK_AUTHENTICATION', 'PLT_KFK_PROTOCOL', 'PLT_KFK_NETWORK', 'PLT_KFK_TIMEOUT']

function leaves(error: LibraryError): LibraryError[] {
  const below = [...(error.errors ?? []), ...(isError(error.cause) ? [error.cause] : [])]
  return [error, ...below.flatMap(leaves)]
}

/** Returns an error of the library as one that `kafkaError` understands. */
export function faultOf(thrown: unknown): unknown {
  if (!isError(thrown)) return thrown
  const all = leaves(thrown)
  const own = all.find((error) => isTicketsError(error))
  if (own) return own
  const noLogin = all.find(({ apiId = '' }) => /^(UNSUPPORTED_SASL_MECHANISM|ILLEGAL_SASL_STATE)$/.test(apiId))
  if (noLogin) return new ConnectionFault('ProtocolError', noLogin.message, { type: noLogin.apiId as string })
  const telling = kinds.flatMap((kind) => all.filter(({ code }) => code === kind))[0]
  if (!telling) return thrown
  const { code, message, apiId = '', canRetry = false } = telling
  const root = leaves(telling).at(-1)
  const cause = root === telling ? undefined : root
  if (code === 'PLT_KFK_AUTHENTICATION') return new ConnectionFault('SASLAuthenticationError', root?.message ?? message, { cause: thrown })
  if (code === 'PLT_KFK_TIMEOUT') return new ConnectionFault('RequestTimeoutError', message, { cause })
  if (code === 'PLT_KFK_NETWORK')
    return new ConnectionFault(/closed/i.test(message) ? 'ConnectionClosedError' : 'ConnectionError', message, { cause })
  return new ConnectionFault('ProtocolError', message, { type: apiId, retriable: canRetry })
}

/** Runs `work` of the library, and turns what it throws into what `kafkaError` understands. */
export async function withFaults<R>(work: () => Promise<R>): Promise<R> {
  try {
    return await work()
  } catch (error) {
    throw faultOf(error)
  }
}
