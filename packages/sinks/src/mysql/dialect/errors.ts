import { type ErrorCode, isTicketsError, TicketsError } from '@tickets/core'
import { tlsProblem } from '../../sql/connection/tls-problem.ts'

/** Returns the number of a server's error; 0 for an error of the connection. */
const numberOf = (error: unknown): number => {
  const { errno } = (error ?? {}) as { errno?: unknown }
  return typeof errno === 'number' && errno > 0 ? errno : 0
}

const DUPLICATE = 1062
const NO_SUCH_TABLE = 1146

/** Returns whether a unique index has the row already. */
export const isDuplicate = (error: unknown): boolean => numberOf(error) === DUPLICATE

/** Faults of the server that pass: a deadlock, a lock that was held, a shutdown, too many connections, a full disk, a server that became read-only. */
const passing = new Set([
  1020, 1021, 1037, 1038, 1040, 1041, 1053, 1077, 1079, 1080, 1105, 1114, 1129, 1158, 1159, 1160, 1161, 1180, 1181, 1184, 1203, 1205, 1206, 1213,
  // The row that a foreign key refers to may be written by another flow, and not be there yet.
  1216, 1452, 1226, 1290, 1317, 1412, 1615, 1836, 1927, 1969, 2006, 2013, 3024, 3169, 3572, 4031, 4078,
])

/** Faults of the connection that pass. */
const cut = /^(ECONN\w+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EAI_AGAIN|ENOTFOUND|ENOENT|PROTOCOL_\w+|POOL_CLOSED)$/

const advice: readonly (readonly [readonly number[], string])[] = [
  [[1045, 1698, 1251, 1396, 2061, 4151], 'correct user and password in `url`; a user that may connect with TLS only needs `ssl`'],
  [
    [1044, 1142, 1143, 1227, 1370, 1410],
    'this user lacks the right that the server names: grant it, as deploy/sql/mariadb-grants.sql does. A table on which it has no right at all looks as if it were not there, so CREATE may be named in place of the others',
  ],
  [[1049], 'create the database first, or correct its name in `url`'],
  [
    [NO_SUCH_TABLE],
    'a table was dropped while the sink was using it: bring it back from a backup, or start over (delete the log, and run with mode: "overwrite")',
  ],
  [[1406], 'a text is longer than its column: make the column longer (ALTER TABLE … MODIFY), or cut it with mapRows'],
  [[1264, 1690], 'a number is out of the range of its column: widen the column (ALTER TABLE … MODIFY), or change it with mapRows'],
  [
    [1265, 1292, 1366, 1411],
    'a value does not fit the type or the character set of its column: change the column (ALTER TABLE … MODIFY), or the value with mapRows',
  ],
  [[1048, 1364], 'the table wants a value where the row has none: make the column NULL, or fill the value in with mapRows'],
  [[DUPLICATE, 1169, 1586], 'another row has this value in a unique index: set `key` to the columns of that index, or drop it'],
  [[1452, 1216], 'the table has a foreign key, and the row that it refers to is not there: insert that row, or drop the foreign key, and run again'],
  [[1451, 1217], 'a foreign key of another table refers to the rows: empty that table first, or drop the foreign key'],
  [
    [1365, 1526, 1644, 1748, 3819, 4025],
    'a CHECK, a trigger, a computed column or the partitions of the table refuse a row, which is found before the range is recorded: change or filter the value with mapRows, or let the table take it (ALTER TABLE), and run again',
  ],
  [[1071, 1170], 'the key is too long for an index: choose fewer or shorter columns as `key`, or create the table yourself'],
  [[1117, 1118, 139], 'the row has too many or too long columns for one table: write fewer of them'],
  [[1153, 1301], 'a row is larger than the server takes: raise max_allowed_packet there'],
  [[1064, 1054, 1305], 'the server does not understand a statement of this sink: please report it with its version'],
  [[3159], 'the server takes encrypted connections only: set `ssl`'],
  [[1130], 'the server does not accept connections from this host: allow it (CREATE USER … @ host)'],
  [[1040, 1203, 1226], 'the server has no connection left: raise its max_connections, or lower connectionLimit'],
  [[1021, 1114], 'the disk of the server is full: make room'],
  [[1290, 1836], 'the server is read-only: write to the primary'],
]

function adviceFor(number: number, code: string): string {
  if (number > 0) return advice.find(([numbers]) => numbers.includes(number))?.[1] ?? 'see the cause'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'no such host: correct `url`'
  if (cut.test(code)) return 'the server does not answer: start it, or correct host and port'
  return 'see the cause'
}

/** Returns the code of a connection's error. mysql2 puts one of its own over that of an error during the handshake of TLS. */
const codeOf = ({ code = '', message = '' }: Failed) =>
  code === 'HANDSHAKE_SSL_ERROR' ? (/\b(ECONN\w+|EPIPE|ETIMEDOUT)\b/.exec(message)?.[0] ?? code) : code

interface Failed {
  readonly code?: string
  readonly message?: string
  readonly fatal?: boolean
}

/** Returns a `TicketsError` for an error of the server or the connection. Returns a `TicketsError` as it is. */
export function mysqlError(error: unknown, doing: string, code: ErrorCode = 'SINK_FAILED'): TicketsError {
  if (isTicketsError(error)) return error
  const number = numberOf(error)
  const failed = (error ?? {}) as Failed
  const { message = String(error), fatal } = failed
  const name = codeOf(failed)
  // Without a code: mysql2 itself, when a connection closed under a statement.
  const isClosed = /closed state|connection (is )?(lost|closed)|pool is closed/i.test(message)
  const tls = number === 0 && !cut.test(name) && !isClosed ? tlsProblem({ code: name, message }) : null
  const isCut = number === 0 && (cut.test(name) || isClosed || tls?.passes === true || (fatal === true && name === ''))
  const advice = tls?.text ?? adviceFor(number, isClosed ? 'ECONNRESET' : name)
  // A refused login is not retried, even while a server starts up.
  return new TicketsError(code, `${doing} failed: ${advice} (${message || name})`, { cause: error, retryable: passing.has(number) || isCut })
}

/** Returns whether the connection broke: the error is not the server's answer, and not one of ours. */
export const isConnectionGone = (error: unknown): boolean => numberOf(error) === 0 && !isTicketsError(error)
