/** What is wrong with a TLS connection. One that was `cut off` ended while TLS began, which may pass; the others last. */
export type TlsFault = 'expired' | 'other host' | 'untrusted' | 'client refused' | 'no tls' | 'cut off' | 'other'

/** An error of a client, as far as it is needed here. */
export interface Failure {
  readonly code?: string | number
  readonly message: string
}

/** By code and by words: some clients keep only the message of Node's error. The first that fits counts. */
const patterns: readonly (readonly [TlsFault, RegExp])[] = [
  ['expired', /^CERT_(HAS_EXPIRED|NOT_YET_VALID)$|certificate has expired|certificate is not yet valid/],
  ['other host', /^ERR_TLS_CERT_ALTNAME_INVALID$|does not match certificate's altnames/],
  [
    'untrusted',
    /^((DEPTH_ZERO_)?SELF_SIGNED_CERT(_IN_CHAIN)?|UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT(_LOCALLY)?)|CERT_(UNTRUSTED|SIGNATURE_FAILURE|REJECTED))$|self.signed certificate|unable to (verify|get)/,
  ],
  // What a server says about the client's certificate, after the client has taken the connection for made.
  ['client refused', /alert.(bad.certificate|certificate.(required|unknown|expired|revoked)|unknown.ca|unsupported.certificate)/i],
  ['no tls', /wrong.version.number|packet.length.too.long|server does not support (SSL|secure) connection/i],
  ['cut off', /before secure TLS connection was established/],
  ['other', /^ERR_(SSL|TLS|OSSL)|certificate|SSL|TLS/],
]

/** Returns what is wrong with TLS where one of these errors says so, else null. */
export function tlsFaultOf(errors: readonly Failure[]): TlsFault | null {
  const says = (pattern: RegExp) => errors.some(({ code, message }) => pattern.test(String(code ?? '')) || pattern.test(message))
  return patterns.find(([, pattern]) => says(pattern))?.[0] ?? null
}
