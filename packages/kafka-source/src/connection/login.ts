import { isTicketsError, type Logger } from '@tickets/core'
import { loggerOf, passOn } from '@tickets/core/internal'
import { ConnectionFault } from './fault.ts'
import { oauthBearer } from './oauth-bearer.ts'
import type { MechanismLogger, SaslMechanism, SaslOptions } from './sasl-options.ts'
import { type Exchange, scram } from './scram.ts'
import { WireReader, WireWriter } from './wire.ts'

/** Sends a request of the login. Returns the body of its answer. */
export type SendLogin = (request: { apiKey: number; apiVersion: number; apiName: string; body: Buffer }) => Promise<Buffer>

interface Broker {
  readonly host: string
  readonly port: number
  readonly logger: Logger | undefined
}

const handshake = { apiKey: 17, apiVersion: 1, apiName: 'SaslHandshake' }
const authenticate = { apiKey: 36, apiVersion: 1, apiName: 'SaslAuthenticate' }
const [UNSUPPORTED_MECHANISM, ILLEGAL_STATE] = [33, 34]

/** Does the login of a connection. Returns for how long it holds, in milliseconds; 0 where the broker sets no limit. */
export async function login(sasl: SaslOptions, broker: Broker, send: SendLogin): Promise<number> {
  const mechanism = sasl.mechanism.toUpperCase()
  const address = `${broker.host}:${broker.port}`
  const answer = new WireReader(await send({ ...handshake, body: new WireWriter().string(mechanism).end() }))
  const error = answer.int16()
  if (error === UNSUPPORTED_MECHANISM || error === ILLEGAL_STATE) {
    const type = error === ILLEGAL_STATE ? 'ILLEGAL_SASL_STATE' : 'UNSUPPORTED_SASL_MECHANISM'
    throw new ConnectionFault('ProtocolError', `the broker does not offer ${mechanism}`, { type, broker: address })
  }
  let lifetime = 0
  const exchange: Exchange = async (bytes) => {
    const r = new WireReader(await send({ ...authenticate, body: new WireWriter().int32(bytes.length).bytes(bytes).end() }))
    const code = r.int16()
    const message = r.string()
    if (code !== 0) throw new Error(message || `error ${code}`)
    const told = r.bytes(Math.max(0, r.int32()))
    lifetime = r.int64()
    return told
  }
  await withLoginFaults(address, () => run(sasl, mechanism, broker, exchange))
  return lifetime
}

/** Runs a login, and turns what it throws into a refused login of this broker. A connection that breaks says nothing about the password. */
export async function withLoginFaults(broker: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (cause) {
    if (cause instanceof ConnectionFault || isTicketsError(cause) || isBroken(cause)) throw cause
    throw new ConnectionFault('SASLAuthenticationError', (cause as Error).message, { cause, broker })
  }
}

/** Whether kafkajs says that the connection broke. */
const isBroken = (error: unknown): boolean => /^KafkaJS(Connection|ConnectionClosed|RequestTimeout)Error$/.test((error as Error)?.name ?? '')

async function run(sasl: SaslOptions, mechanism: string, broker: Broker, exchange: Exchange): Promise<void> {
  if ('authenticationProvider' in sasl) return custom(sasl, broker, exchange)
  if ('oauthBearerProvider' in sasl) return oauthBearer(sasl.oauthBearerProvider, exchange)
  if ('accessKeyId' in sasl) {
    const { authorizationIdentity, accessKeyId, secretAccessKey, sessionToken = '' } = sasl
    await exchange(Buffer.from([authorizationIdentity, accessKeyId, secretAccessKey, sessionToken].join('\0')))
    return
  }
  const { username, password } = sasl
  if (mechanism === 'PLAIN') await exchange(Buffer.from(`\0${username}\0${password}`))
  else await scram(mechanism === 'SCRAM-SHA-512' ? 'sha512' : 'sha256', { username, password }, exchange)
}

function loggerFor(logger: Logger | undefined, broker: string): MechanismLogger {
  const at = (level: keyof Logger) => (message: string, details?: object) => passOn(logger, 'kafka.login', level, { broker }, message, details)
  const own: MechanismLogger = {
    ...loggerOf(at),
    namespace: () => own,
    setLogLevel: () => {},
  }
  return own
}

async function custom({ authenticationProvider }: SaslMechanism, { host, port, logger }: Broker, exchange: Exchange): Promise<void> {
  const provider = authenticationProvider({
    host,
    port,
    logger: loggerFor(logger, `${host}:${port}`),
    saslAuthenticate: async ({ request, response }) => {
      // kafkajs gives and takes these bytes with their length before them.
      const answer = await exchange((await request.encode()).subarray(4))
      return response?.parse(await response.decode(new WireWriter().int32(answer.length).bytes(answer).end()))
    },
  })
  await provider.authenticate()
}
