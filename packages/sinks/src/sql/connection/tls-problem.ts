import { type TlsFault, tlsFaultOf } from '@tickets/core/internal'

const advice: Readonly<Record<TlsFault, string>> = {
  expired: 'the certificate of the server, or of the CA that signed it, has expired or is not valid yet: renew it, and compare the clocks',
  'other host':
    "the server's certificate is not for the host of `url`: use a name that the certificate has, or add this one to the certificate (subjectAltName)",
  untrusted:
    "the server's certificate is not signed by a CA that this process trusts: set `ssl: { ca }` to the certificate of that CA (`ssl` has another now, or none)",
  'client refused':
    "the server refuses the client's certificate, or got none: set `ssl: { cert, key }`, signed by a CA that the server trusts, and renew it where it has expired",
  'no tls': 'the server takes no TLS, and neither user nor password were sent: turn TLS on there, or leave `ssl` out',
  'cut off': 'the server ended the connection while TLS began: it may have stopped, which its log tells',
  other: "the encrypted connection was refused: check `ssl` and the server's certificate",
}

/** What is wrong with the TLS connection to a server, and what to do. */
export interface TlsProblem {
  readonly text: string
  /** Whether the next try may succeed. */
  readonly passes: boolean
}

/** Returns what is wrong with TLS where an error of a driver says so, else null. */
export function tlsProblem(error: { readonly code?: string; readonly message?: string }): TlsProblem | null {
  const { code = '', message = '' } = error
  const fault = tlsFaultOf([{ code, message }])
  return fault && { text: advice[fault], passes: fault === 'cut off' }
}
