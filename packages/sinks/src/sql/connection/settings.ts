import { type Duration, millis, TicketsError } from '@tickets/core'
import type { Dialect, Pool } from './dialect.ts'

/** How to reach a server of a database, whichever kind it is. */
export interface ServerOptions {
  /** The address, with user, password and database; each part may be given by an option of its own instead, which then counts. */
  readonly url?: string
  readonly host?: string
  /** The usual one of the server by default: 3306 of MySQL and MariaDB, 5432 of PostgreSQL. */
  readonly port?: number
  readonly user?: string
  readonly password?: string
  readonly database?: string
  /**
   * Encrypts the connection: what `tls.connect` takes, such as `{ ca }`, or true for the authorities that come with Node. The certificate has to be for
   * the host. MySQL and MariaDB take ca, cert, key, passphrase, ciphers, minVersion and maxVersion.
   */
  readonly ssl?: boolean | object
  /** Most connections at once; 4 by default. */
  readonly connectionLimit?: number
  /** How long connecting may take; `10 seconds` by default. */
  readonly connectTimeout?: Duration
  /** How long one statement may take before its connection counts as lost; `5 minutes` by default. */
  readonly statementTimeout?: Duration
  /** How long a fault that may pass is tried again before the task is opened anew; `1 minute` by default. */
  readonly retryFor?: Duration
}

/** Where a database is and how it is spoken to. */
export interface Settings {
  readonly dialect: Dialect
  /** Server and database, the same words for the same place, without user and password. */
  readonly place: string
  /** Milliseconds. */
  readonly retryFor: number
  /** Returns connections that are opened when they are first needed. */
  createPool(): Pool
}

/** What a kind of database calls its parts. */
export interface Scheme {
  readonly protocols: readonly string[]
  /** For messages, such as `mysql://user:password@host:3306/database`. */
  readonly example: string
  readonly port: number
  /** Options that are texts, beside those of every database. */
  readonly texts: readonly string[]
  /** Takes what follows ? in the URL, or throws. */
  readonly parameters?: (search: URLSearchParams) => Partial<ServerOptions>
}

/** The parts of an address, checked, with defaults. */
export interface Parts {
  readonly host?: string
  readonly port: number
  readonly user?: string
  readonly password?: string
  readonly database: string
  readonly ssl?: object
  readonly connections: number
  /** Milliseconds. */
  readonly connectTimeout: number
  readonly statementTimeout: number
  readonly retryFor: number
}

type Given = Partial<Pick<ServerOptions, 'host' | 'port' | 'user' | 'password' | 'database' | 'ssl'>>

/** Returns an error about an option. */
export const invalid = (message: string) => new TicketsError('OPTION_INVALID', message)

/** The parts of a URL. Its text is in no message: a password may stand in it. */
function partsOfUrl(url: string | undefined, { protocols, example, parameters }: Scheme): Given {
  if (url === undefined) return {}
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (!parsed || !protocols.includes(parsed.protocol) || parsed.hostname === '')
    throw invalid(
      `url is not a database URL (it is not shown, since it may hold a password): ${example}, with special characters of user and password percent-encoded`,
    )
  if (parsed.hash !== '' || (parsed.search !== '' && !parameters))
    throw invalid('url takes no parameters after ? or #: give them as options, such as ssl')
  const decoded = (text: string, what: string) => {
    try {
      return decodeURIComponent(text)
    } catch {
      throw invalid(`the ${what} in url is not percent-encoded as it has to be: write % as %25, or give it as the option ${what}`)
    }
  }
  const database = decoded(parsed.pathname.slice(1), 'database')
  return {
    host: decoded(parsed.hostname.replace(/^\[(.*)\]$/, '$1'), 'host'),
    ...(parsed.port === '' ? {} : { port: Number(parsed.port) }),
    ...(parsed.username === '' ? {} : { user: decoded(parsed.username, 'user') }),
    ...(parsed.password === '' ? {} : { password: decoded(parsed.password, 'password') }),
    ...(database === '' ? {} : { database }),
    ...parameters?.(parsed.searchParams),
  }
}

function positive(value: number, what: string, most: number): number {
  if (Number.isSafeInteger(value) && value > 0 && value <= most) return value
  throw invalid(`${what} is a whole number from 1 to ${most}, got ${String(value)}`)
}

function time(value: Duration, what: string): number {
  const ms = millis(value, what)
  if (ms > 0) return ms
  throw invalid(`${what} is a duration greater than 0, got ${JSON.stringify(value)}`)
}

/** Returns what the options of every database say. Throws `OPTION_INVALID` with what is wrong. */
export function partsOf(options: ServerOptions, scheme: Scheme): Parts {
  if (typeof options !== 'object' || options === null) throw invalid('the options are an object: { url, table, … }')
  for (const name of ['url', 'host', 'user', 'database', ...scheme.texts]) {
    const value = (options as Readonly<Record<string, unknown>>)[name]
    if (value === undefined || (typeof value === 'string' && value !== '')) continue
    throw invalid(`${name} is a text${name === 'url' ? '' : `, got ${JSON.stringify(value)}`}`)
  }
  if (options.password !== undefined && typeof options.password !== 'string') throw invalid('password is a text')
  const { host, port = scheme.port, user, password, database, ssl } = { ...partsOfUrl(options.url, scheme), ...definedParts(options) }
  if (database === undefined || database.trim() === '')
    throw invalid(`give the name of the database: at the end of url, as in ${scheme.example}, or as the option database`)
  return {
    ...(host === undefined ? {} : { host }),
    port: positive(port, 'port', 65_535),
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    database,
    ...tlsOf(ssl),
    connections: positive(options.connectionLimit ?? 4, 'connectionLimit', 1000),
    connectTimeout: time(options.connectTimeout ?? 10_000, 'connectTimeout'),
    statementTimeout: time(options.statementTimeout ?? 300_000, 'statementTimeout'),
    retryFor: time(options.retryFor ?? 60_000, 'retryFor'),
  }
}

/** Copied, since the drivers change what they get, and pg hides `key` in it. */
function tlsOf(ssl: boolean | object | undefined): { readonly ssl?: object } {
  if (ssl === undefined || ssl === false) return {}
  if (ssl !== true && (typeof ssl !== 'object' || ssl === null)) throw invalid('ssl is true, false, or options such as { ca }')
  return { ssl: ssl === true ? {} : { ...ssl, ...('key' in ssl && { key: ssl.key }) } }
}

function definedParts({ host, port, user, password, database, ssl }: ServerOptions): Given {
  return Object.fromEntries(Object.entries({ host, port, user, password, database, ssl }).filter(([, value]) => value !== undefined))
}
