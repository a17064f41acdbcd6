import { type ErrorCode, isTicketsError, TicketsError } from '@tickets/core'
import { tlsProblem } from '../../sql/connection/tls-problem.ts'

/** Returns the SQLSTATE of a server's error; an empty text for an error of the connection. */
export function stateOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown }
  // Names of the system such as EPIPE have five letters, too; a SQLSTATE has a digit.
  return typeof code === 'string' && /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : ''
}

export const FOREIGN_KEY = '23503'
const UNIQUE = '23505'
/** A table or its type exists. */
const exists = /^42(P07|710)$/

/**
 * Faults of the server that pass: a lost connection, a deadlock, a lock that was held, a shutdown, too many connections, a full disk, a server that became
 * read-only, a statement that was cancelled, a plan or a prepared statement that is out of date.
 */
const passing = /^(08\w{3}|40001|40003|40P01|25006|25P0[345]|26000|53\w{3}|55006|55P03|57014|57P0[1-5]|58\w{3}|72000)$/

/** Faults of the connection that pass. */
const cut = /^(ECONN\w+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EAI_AGAIN|ENOTFOUND|ENOENT)$/
/** What pg says itself when a connection ended, without a code. */
const ended = /terminated|not queryable|after calling end|timeout|was closed|connection ended/i

const advice: readonly (readonly [RegExp, string])[] = [
  [/^28P01$/, 'correct user and password in `url`'],
  [/^28/, 'the server does not accept this login: allow this user and host in pg_hba.conf, correct them in `url`, or set `ssl`'],
  [/^3D000$/, 'create the database first, or correct its name in `url`'],
  [/^3F000$/, 'create the schema first (CREATE SCHEMA), grant this user USAGE on it, or correct `schema`'],
  [
    /^42501$/,
    'this user lacks a right on what the server names: grant it, as deploy/sql/postgres-grants.sql does (to create tables it needs CREATE on the schema); where it has all rights, a policy of the table refuses the row',
  ],
  [
    /^42P01$/,
    'a table was dropped while the sink was using it: bring it back from a backup, or start over (delete the log, and run with mode: "overwrite")',
  ],
  [/^22001$/, 'a text is longer than its column: make the column longer (ALTER TABLE … ALTER COLUMN … TYPE text), or cut it with mapRows'],
  [/^22003$/, 'a number is out of the range of its column: widen the column (ALTER TABLE … ALTER COLUMN … TYPE), or change it with mapRows'],
  [/^22/, 'a value does not fit the type of its column: change the column (ALTER TABLE … ALTER COLUMN … TYPE), or the value with mapRows'],
  [/^23502$/, 'the table wants a value where the row has none: make the column NULL, or fill the value in with mapRows'],
  [/^23505$/, 'another row has this value in a unique index: set `key` to the columns of that index, or drop it'],
  [
    /^23503$/,
    'a foreign key connects the rows with another table, and the row on the other side is not there, or still refers to these: insert or remove that row, or drop the foreign key, and run again',
  ],
  [
    /^(23514|23P01|23001|44000|P0001|P0004|428C9|23\w{3})$/,
    'a CHECK, a trigger, a computed column or the partitions of the table refuse a row, which is found before the range is recorded: change or filter the value with mapRows, or let the table take it (ALTER TABLE), and run again',
  ],
  [exists, 'others make this table at the same time, again and again: let one of them start alone'],
  [/^42P10$/, 'the table lost the unique index on its key: make it again (ALTER TABLE … ADD UNIQUE)'],
  [/^54000$/, 'a value is too long for an index or for JSONB: cut it with mapRows, choose another `key`, or drop the index'],
  [/^54/, 'the row is too large or has too many columns for one table: write fewer of them'],
  [/^53300$/, 'the server has no connection left: raise its max_connections, or lower connectionLimit'],
  [/^53100$/, 'the disk of the server is full: make room'],
  [/^25006$/, 'the server is read-only: write to the primary'],
  [/^(40|55|57014)/, 'other transactions, or a limit of time, were in the way until the sink gave up: see what else writes to the table'],
  [/^(08|57P0[1245])/, 'the server ended the connection, which its log explains'],
  [/^57P03$/, 'the server is starting up or recovering: wait for it'],
  [
    /^(42601|42703|42883|42P0[28])$/,
    'the server does not understand a statement of this sink, or of a trigger of the table: please report it with its version',
  ],
]

/** How a server that has no line for a login without TLS says so, up to release 13 and since. */
const wantsTls = /SSL off|no encryption/

function adviceFor(state: string, code: string, message: string): string {
  if (state === '28000' && wantsTls.test(message))
    return 'the server takes no such login without TLS: set `ssl`, or allow this user and host in pg_hba.conf'
  if (state !== '') return advice.find(([states]) => states.test(state))?.[1] ?? 'see the cause'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'no such host: correct `url`'
  if (cut.test(code) || ended.test(message)) return 'the server does not answer: start it, or correct host and port'
  if (/SASL|password/i.test(message)) return 'correct user and password in `url`'
  return 'see the cause'
}

/**
 * Two processes that make one table at once: IF NOT EXISTS looks before it makes, so the later one meets the other's table, or its row in the server's own
 * tables. It finds the table when it tries again.
 */
const isRaceOfCreates = (state: string, error: unknown) =>
  exists.test(state) || (state === UNIQUE && (error as { schema?: unknown }).schema === 'pg_catalog')

/** Returns a `TicketsError` for an error of the server or the connection. Returns a `TicketsError` as it is. */
export function postgresError(error: unknown, doing: string, code: ErrorCode = 'SINK_FAILED'): TicketsError {
  if (isTicketsError(error)) return error
  const state = stateOf(error)
  const { code: name = '', message = '' } = (error ?? {}) as { code?: string; message?: string }
  const said = message || name || String(error)
  const tls = state === '' ? tlsProblem({ code: name, message }) : null
  const isConnection = state === '' && (cut.test(name) || ended.test(message) || tls?.passes === true)
  // Rows that a foreign key refers to may be written by another flow, and not be there yet.
  const retryable = passing.test(state) || state === FOREIGN_KEY || isRaceOfCreates(state, error) || isConnection
  return new TicketsError(code, `${doing} failed: ${tls?.text ?? adviceFor(state, name, message)} (${said})`, { cause: error, retryable })
}

/** Returns whether the connection broke: the error is not the server's answer, or its last word, and not one of ours. */
export function isConnectionGone(error: unknown): boolean {
  if (isTicketsError(error)) return false
  const state = stateOf(error)
  return state === '' || /^(08|57P0)/.test(state)
}
