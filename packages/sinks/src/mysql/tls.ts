import { connect, isIP, type LookupFunction, type Socket } from 'node:net'
import { invalid } from '../sql/connection/settings.ts'

/** What mysql2 takes of the options of TLS. The others it would leave out without a word, such as a `pfx` or a list of revoked certificates. */
const taken = ['ca', 'cert', 'key', 'passphrase', 'ciphers', 'minVersion', 'maxVersion', 'rejectUnauthorized', 'verifyIdentity']

/** The server, and the options of TLS for it. */
interface Place {
  readonly host?: string
  readonly port?: number
  readonly ssl?: object
}

/** Returns the options of TLS for mysql2, which compares the certificate with the host only when it is asked to. */
export function tlsOf(ssl: object | undefined): { readonly ssl?: object } {
  if (ssl === undefined) return {}
  const others = Object.keys(ssl).filter((name) => !taken.includes(name))
  if (others.length > 0) throw invalid(`ssl takes ${taken.join(', ')} for MySQL and MariaDB, and not ${others.join(', ')}`)
  return { ssl: { verifyIdentity: true, ...ssl } }
}

/**
 * Returns what opens the connection where the certificate is compared with an address instead of a name, else nothing. mysql2 compares it with what
 * the socket has looked up, and an address is looked up only when it is written as a full name, with a dot at its end.
 */
export function streamTo({ host = '', port, ssl }: Place): { readonly stream?: () => Socket } {
  const family = isIP(host)
  if (family === 0 || ssl === undefined) return {}
  const lookup: LookupFunction = (_, { all }, done) => (all ? done(null, [{ address: host, family }]) : done(null, host, family))
  return { stream: () => connect({ host: `${host}.`, port: port as number, lookup, noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000 }) }
}
