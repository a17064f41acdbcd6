import { invalid, partsOf, type Scheme, type ServerOptions, type Settings } from '../sql/connection/settings.ts'
import { type ClientOptions, createPool } from './client.ts'
import { mysqlDialect } from './dialect/dialect.ts'
import { tlsOf } from './tls.ts'

/** How to reach a MySQL or MariaDB server; `url` is `mysql://user:password@host:port/database`. */
export interface MysqlConnectionOptions extends ServerOptions {
  /** A Unix socket, instead of host and port. */
  readonly socketPath?: string
}

/** The same, checked, with defaults. */
export interface MysqlSettings extends Settings {
  readonly client: ClientOptions
}

const scheme: Scheme = {
  protocols: ['mysql:', 'mariadb:'],
  example: 'mysql://user:password@host:3306/database',
  port: 3306,
  texts: ['socketPath'],
}

/** Throws `OPTION_INVALID` with what is wrong. */
export function settingsOf(options: MysqlConnectionOptions): MysqlSettings {
  const { host, port, retryFor, ssl, ...parts } = partsOf(options, scheme)
  const { socketPath } = options
  if (host === undefined && socketPath === undefined)
    throw invalid(`give the address of the database: url: '${scheme.example}', or host, or socketPath`)
  const client = { ...parts, ...tlsOf(ssl), ...(socketPath === undefined ? { host: host as string, port } : { socketPath }) }
  return {
    dialect: mysqlDialect,
    client,
    place: `mysql:${socketPath ?? `${host?.toLowerCase()}:${port}`}/${parts.database}`,
    retryFor,
    createPool: () => createPool(client),
  }
}
