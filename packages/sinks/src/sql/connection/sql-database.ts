import { TicketsError } from '@tickets/core'
import type { Settings } from './settings.ts'

const known = new WeakMap<SqlDatabase, Settings>()

/** A database that several sinks write to, as `mysql` or `postgres` describe it. */
export interface SqlDatabase {
  /** Server and database, without user and password: `mysql:localhost:3306/support`. */
  readonly place: string
}

/** Returns a database with these settings, which stay inside of the package. */
export function sqlDatabase(settings: Settings): SqlDatabase {
  const database = { place: settings.place }
  known.set(database, settings)
  return database
}

/** Returns the settings of a database. Throws `OPTION_INVALID` for anything that `sqlDatabase` has not made. */
export function settingsOfDatabase(database: SqlDatabase): Settings {
  const settings = known.get(database)
  if (settings) return settings
  throw new TicketsError(
    'OPTION_INVALID',
    "database is what mysql or postgres makes: database: mysql({ url: 'mysql://user:password@host:3306/database' })",
  )
}
