import { TicketsError } from '@tickets/core'

/** What runs a statement: a connection of the driver, which this does not name. */
interface Asks {
  query(sql: string): Promise<readonly [rows: unknown, ...rest: readonly unknown[]]>
}

/** A letter of Latin 1 and one beyond U+FFFF: other character sets store, cut or replace one of them. */
const PROBE = 'ë😀'
const variables = ['character_set_client', 'character_set_connection', 'character_set_results'] as const

/**
 * Compares what the server makes of our bytes with what they are: a server or a proxy may ignore the character set that a client asks for, and would
 * store mojibake without an error.
 *
 * @throws `TARGET_UNUSABLE` with what to change
 */
export async function checkCharacterSet(connection: Asks): Promise<void> {
  const sql = `SELECT ${variables.map((name) => `@@${name} AS ${name}`).join(', ')}, HEX('${PROBE}') AS probe, '${PROBE}' AS back`
  const [rows] = await connection.query(sql)
  const said = (rows as Record<string, unknown>[])[0] ?? {}
  const wrong = variables.filter((name) => said[name] !== 'utf8mb4')
  if (wrong.length === 0 && said.probe === Buffer.from(PROBE).toString('hex').toUpperCase() && said.back === PROBE) return
  const found = wrong.length > 0 ? wrong.map((name) => `${name} is ${String(said[name])}`).join(', ') : 'a text came back changed'
  throw new TicketsError(
    'TARGET_UNUSABLE',
    `the server does not take texts as utf8mb4 on this connection (${found}), and would store other characters than were sent: start it without skip-character-set-client-handshake, and let a proxy before it pass SET NAMES utf8mb4`,
  )
}
