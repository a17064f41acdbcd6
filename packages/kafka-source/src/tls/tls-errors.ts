import { X509Certificate } from 'node:crypto'
import { type Failure, type TlsFault, tlsFaultOf } from '@tickets/core/internal'
import type { TlsOptions } from '../connection/connection-options.ts'

/** What is wrong with a TLS connection, and what to do. */
export interface TlsProblem {
  readonly text: string
  /** Whether the next try may succeed. */
  readonly passes: boolean
}

const lasting = (text: string): TlsProblem => ({ text, passes: false })

const advice: Readonly<Record<TlsFault, (ssl: TlsOptions | undefined) => TlsProblem>> = {
  expired: () =>
    lasting('the certificate of the broker, or of the CA that signed it, has expired or is not valid yet: renew it, and compare the clocks'),
  'other host': () =>
    lasting(
      "the broker's certificate is not for the host name in `brokers`: use a name that the certificate has, there and in the broker's advertised.listeners, or add this name to the certificate (subjectAltName)",
    ),
  untrusted: () =>
    lasting(
      "the broker's certificate is not signed by a CA that this process trusts: set `ssl: { ca }` to the certificate of that CA (`ssl` has another now, or none)",
    ),
  'client refused': (ssl) => lasting(clientProblem(ssl)),
  'no tls': () => lasting(withoutTls),
  'cut off': () => ({
    text: 'the connection ended while TLS began: the broker may have stopped, or this port takes no TLS (then leave `ssl` out)',
    passes: true,
  }),
  other: () => lasting("check `ssl` and the broker's certificate"),
}

/** Returns what is wrong with TLS where one of these errors says so, else null. */
export function tlsProblem(errors: readonly Failure[], ssl: TlsOptions | undefined): TlsProblem | null {
  const fault = tlsFaultOf(errors)
  return fault && advice[fault](ssl)
}

/** What is wrong where a port answers without TLS. */
export const withoutTls = "this port takes no TLS: leave `ssl` out, or set `brokers` to the port of the broker's TLS listener"
/** What is wrong where a port answers with TLS only. */
export const withTls = 'this port takes TLS only: set `ssl`, or set `brokers` to the port of a listener without TLS'

function clientProblem(ssl: TlsOptions | undefined): string {
  if (typeof ssl !== 'object' || !(ssl.cert || ssl.pfx))
    return 'it wants a certificate of the client (mTLS) and got none: set `ssl: { cert, key }`, signed by a CA that the broker trusts'
  const until = endOf(ssl.cert)
  if (until !== null && until.getTime() < Date.now())
    return `it refuses the client's certificate, which has expired (${until.toISOString()}): renew \`ssl: { cert, key }\``
  return "it refuses the client's certificate of `ssl`: check that it is signed by a CA in the broker's truststore, has not been revoked, and is meant for clients"
}

/** Returns until when a certificate is valid; null where it cannot be read. */
function endOf(cert: unknown): Date | null {
  const [first] = Array.isArray(cert) ? cert : [cert]
  try {
    return new Date(new X509Certificate(first as string).validTo)
  } catch {
    return null
  }
}
