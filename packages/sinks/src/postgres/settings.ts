import { invalid, partsOf, type Scheme, type ServerOptions, type Settings } from '../sql/connection/settings.ts'
import { createPool } from './client.ts'
import { whyNoName } from './dialect/columns.ts'
import { postgresDialect } from './dialect/dialect.ts'

/** How to reach a PostgreSQL server; `url` is `postgres://user:password@host:port/database`, and `host` may be the folder of a Unix socket. */
export interface PostgresConnectionOptions extends ServerOptions {
  /** The schema of the table, which has to be there; `public` by default. */
  readonly schema?: string
}

const scheme: Scheme = {
  protocols: ['postgres:', 'postgresql:'],
  example: 'postgres://user:password@host:5432/database',
  port: 5432,
  texts: ['schema'],
  parameters: (search) => {
    const others = [...search.keys()].filter((name) => name !== 'sslmode')
    if (others.length > 0) throw invalid(`url takes sslmode alone after ?, got ${others.join(', ')}: give the rest as options`)
    const mode = search.get('sslmode')
    if (mode === null) return {}
    if (mode === 'disable') return { ssl: false }
    if (mode === 'require' || mode === 'verify-full') return { ssl: true }
    throw invalid(`sslmode in url is disable, require or verify-full (both check the certificate), got ${JSON.stringify(mode)}: set the option ssl`)
  },
}

/** Throws `OPTION_INVALID` with what is wrong. */
export function settingsOf(options: PostgresConnectionOptions): Settings {
  const { host, retryFor, ...parts } = partsOf(options, scheme)
  const { schema = 'public' } = options
  if (host === undefined) throw invalid(`give the address of the database: url: '${scheme.example}', or host`)
  const reason = whyNoName(schema)
  if (reason !== null) throw invalid(`schema is the name of a schema, got ${JSON.stringify(schema)}: ${reason}`)
  const where = host.startsWith('/') ? host : host.toLowerCase()
  return {
    dialect: postgresDialect,
    place: `postgres:${where}:${parts.port}/${parts.database}/${schema}`,
    retryFor,
    createPool: () => createPool({ ...parts, host, schema }),
  }
}
