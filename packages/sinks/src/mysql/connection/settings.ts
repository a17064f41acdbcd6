import { type Duration, millis, TicketsError } from '@tickets/core'
import type { ClientOptions } from './client.ts'

/** How to reach a MySQL or MariaDB server. */
export interface MysqlConnectionOptions {
  /** `mysql://user:password@host:port/database`; each part may be given by an option of its own instead, which then counts. */
  readonly url?: string
  readonly host?: string
  /** 3306 by default. */
  readonly port?: number
  readonly user?: string
  readonly password?: string
  readonly database?: string
  /** A Unix socket, instead of host and port. */
  readonly socketPath?: string
  /** Encrypts the connection: what `tls.connect` takes, such as `{ ca }`; true for the system's authorities. */
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

/** The same, checked, with defaults. */
export interface Settings {
  readonly client: ClientOptions
  /** Server and database, the same words for the same place, without user and password. */
  readonly place: string
  /** Milliseconds. */
  readonly retryFor: number
}

const invalid = (message: string) => new TicketsError('OPTION_INVALID', message)

interface Parts {
  readonly host?: string
  readonly port?: number
  readonly user?: string
  readonly password?: string
  readonly database?: string
}

/** The parts of a URL. Its text is in no message: a password may stand in it. */
function partsOf(url: string | undefined): Parts {
  if (url === undefined) return {}
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (!parsed || !['mysql:', 'mariadb:'].includes(parsed.protocol) || parsed.hostname === '')
    throw invalid(
      'url is not a database URL (it is not shown, since it may hold a password): mysql://user:password@host:3306/database, with special characters of user and password percent-encoded',
    )
  if (parsed.search !== '' || parsed.hash !== '') throw invalid('url takes no parameters after ? or #: give them as options, such as ssl')
  const decoded = (text: string, what: string) => {
    try {
      return decodeURIComponent(text)
    } catch {
      throw invalid(`the ${what} in url is not percent-encoded as it has to be: write % as %25, or give it as the option ${what}`)
    }
  }
  const database = decoded(parsed.pathname.slice(1), 'database')
  return {
    host: parsed.hostname.replace(/^\[(.*)\]$/, '$1'),
    ...(parsed.port === '' ? {} : { port: Number(parsed.port) }),
    ...(parsed.username === '' ? {} : { user: decoded(parsed.username, 'user') }),
    ...(parsed.password === '' ? {} : { password: decoded(parsed.password, 'password') }),
    ...(database === '' ? {} : { database }),
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

/** Throws `OPTION_INVALID` with what is wrong. */
export function settingsOf(options: MysqlConnectionOptions): Settings {
  if (typeof options !== 'object' || options === null) throw invalid('the options are an object: { url, table, … }')
  const text = (value: unknown, what: string) => {
    if (value === undefined || (typeof value === 'string' && value !== '')) return
    throw invalid(`${what} is a text${what === 'password' || what === 'url' ? '' : `, got ${JSON.stringify(value)}`}`)
  }
  for (const name of ['url', 'host', 'user', 'database', 'socketPath'] as const) text(options[name], name)
  if (options.password !== undefined && typeof options.password !== 'string') throw invalid('password is a text')
  const { host, port = 3306, user, password, database } = { ...partsOf(options.url), ...definedParts(options) }
  const { socketPath, ssl } = options
  if (host === undefined && socketPath === undefined)
    throw invalid("give the address of the database: url: 'mysql://user:password@host:3306/database', or host, or socketPath")
  if (database === undefined || database.trim() === '')
    throw invalid('give the name of the database: at the end of url, as in mysql://user:password@host:3306/database, or as the option database')
  positive(port, 'port', 65_535)
  return {
    client: {
      database,
      ...(socketPath === undefined ? { host: host as string, port } : { socketPath }),
      ...(user === undefined ? {} : { user }),
      ...(password === undefined ? {} : { password }),
      ...(ssl === undefined || ssl === false ? {} : { ssl: ssl === true ? {} : ssl }),
      connections: positive(options.connectionLimit ?? 4, 'connectionLimit', 1000),
      connectTimeout: time(options.connectTimeout ?? 10_000, 'connectTimeout'),
      statementTimeout: time(options.statementTimeout ?? 300_000, 'statementTimeout'),
    },
    place: `mysql:${socketPath ?? `${host?.toLowerCase()}:${port}`}/${database}`,
    retryFor: time(options.retryFor ?? 60_000, 'retryFor'),
  }
}

function definedParts({ host, port, user, password, database }: MysqlConnectionOptions): Parts {
  return Object.fromEntries(Object.entries({ host, port, user, password, database }).filter(([, value]) => value !== undefined))
}
