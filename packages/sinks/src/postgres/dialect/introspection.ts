import type { Connection, ExistingColumn, ExistingTable, Row } from '../../sql/connection/dialect.ts'
import { quote } from './columns.ts'

const here = 'c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = CURRENT_SCHEMA()) AND c.relname = ?'
/** Tables, partitioned ones, views of both kinds, and tables of other servers. */
const KINDS = "('r', 'p', 'v', 'm', 'f')"

/** Returns whether there is such a table or view. */
export const hasTable = async (connection: Connection, table: string): Promise<boolean> =>
  (await connection.execute(`SELECT 1 FROM pg_class AS c WHERE ${here} AND c.relkind IN ${KINDS}`, [table])).rows.length > 0

const tableSql = `SELECT c.oid::text AS oid, c.relkind AS kind, c.relpersistence AS persistence,
  EXISTS (SELECT 1 FROM pg_rewrite AS r WHERE r.ev_class = c.oid AND r.rulename <> '_RETURN') AS rules,
  EXISTS (SELECT 1 FROM pg_constraint AS k WHERE k.conrelid = c.oid AND k.contype = 'x') AS excludes,
  c.relkind = 'p' OR c.relispartition OR c.relrowsecurity
    OR EXISTS (SELECT 1 FROM pg_trigger AS t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal)
    OR EXISTS (SELECT 1 FROM pg_constraint AS k WHERE k.conrelid = c.oid AND k.contype = 'c') AS refuses
FROM pg_class AS c WHERE ${here} AND c.relkind IN ${KINDS}`

const columnsSql = `SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS required, a.atthasdef AS preset,
  a.attgenerated <> '' OR a.attidentity = 'a' AS computed, a.attidentity <> '' AS counted, t.typtype = 'd' AS checked,
  CASE WHEN k.collname IS NULL OR k.collname = 'default' THEN NULL WHEN k.collisdeterministic THEN 'C' ELSE k.collname END AS collation
FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid LEFT JOIN pg_collation AS k ON k.oid = a.attcollation
WHERE a.attrelid = ?::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`

const indexesSql = `SELECT n.relname AS name, i.indisunique AS is_unique, i.indexprs IS NOT NULL AS computed,
  i.indimmediate AND i.indisvalid AND i.indpred IS NULL AS whole, bool_or(t.typlen = -1) AS long,
  array_agg(a.attname::text ORDER BY k.place) FILTER (WHERE k.place <= i.indnkeyatts) AS columns
FROM pg_index AS i JOIN pg_class AS n ON n.oid = i.indexrelid
  CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place)
  LEFT JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum LEFT JOIN pg_type AS t ON t.oid = a.atttypid
WHERE i.indrelid = ?::oid AND i.indislive GROUP BY n.relname, i.indisunique, i.indexprs IS NOT NULL, i.indimmediate, i.indisvalid, i.indpred IS NULL, i.indnkeyatts
ORDER BY n.relname`

interface Index {
  readonly name: string
  readonly is_unique: boolean
  readonly computed: boolean
  /** It is checked at once, for all rows: what ON CONFLICT can name. */
  readonly whole: boolean
  readonly long: boolean
  readonly columns: readonly string[]
}

/** Returns a table as the server describes it; null if it does not exist. */
export async function readTable(connection: Connection, table: string): Promise<ExistingTable | null> {
  const [found] = (await connection.execute(tableSql, [table])).rows
  if (!found) return null
  const columns = (await connection.execute(columnsSql, [String(found.oid)])).rows
  const indexes = (await connection.execute(indexesSql, [String(found.oid)])).rows as readonly unknown[] as readonly Index[]
  const unique = indexes.filter(({ is_unique }) => is_unique)
  return {
    unusable: whyUnusable(table, found, unique),
    columns: columns.map(toColumn),
    refuses: found.refuses === true || columns.some(({ checked, computed }) => checked === true || computed === true),
    unique: unique.filter(({ whole }) => whole).map((index) => index.columns),
    partlyUnique: unique.filter(({ whole }) => !whole).map((index) => index.columns),
    // An expression may be of any length.
    longIndexes: indexes.filter(({ long, computed }) => long || computed).map((index) => index.columns),
  }
}

function toColumn({ name, type, required, preset, computed, counted, collation }: Row): ExistingColumn {
  return {
    name: String(name),
    type: String(type),
    collation: collation === null ? null : String(collation),
    nullable: required !== true,
    computed: computed === true,
    filled: required !== true || preset === true || computed === true || counted === true,
  }
}

function whyUnusable(table: string, { kind, persistence, rules, excludes }: Row, unique: readonly Index[]): string | null {
  const alter = `ALTER TABLE ${quote(table)}`
  if (kind === 'v' || kind === 'm') return 'it is a view: write to a table, and make the view of it'
  if (kind === 'f') return 'it is a table of another server, which commits by itself: write to that server'
  if (persistence !== 'p') return `it is emptied when the server crashes (UNLOGGED): ${alter} SET LOGGED`
  if (rules === true) return 'it has a rule (CREATE RULE), which may write other rows than it is given: drop the rule'
  if (excludes === true) return 'it has an exclusion constraint, which may refuse a row after it was recorded: drop the constraint'
  const computed = unique.find((index) => index.computed)
  if (computed) return `it has a unique index over an expression, by which rows of different keys can be one: DROP INDEX ${quote(computed.name)}`
  return null
}

/** Returns the identity of a table, whatever its address: the server's own id, database, schema and table. */
export async function placeOf(connection: Connection, table: string): Promise<string> {
  const sql =
    "SELECT has_function_privilege('pg_control_system()', 'execute') AS may, (SELECT oid::text FROM pg_database WHERE datname = current_database()) AS id, CURRENT_SCHEMA() AS schema"
  const { may, id, schema } = (await connection.query(sql)).rows[0] ?? {}
  // Where the number of the server may not be read: its address and when its first database was made are the same for one server only.
  const server =
    may === true ? 'SELECT system_identifier::text AS id FROM pg_control_system()' : "SELECT inet_server_addr() || current_setting('port') AS id"
  const { id: number } = (await connection.query(server)).rows[0] ?? {}
  return `postgres:${String(number)}/${String(id)}/${String(schema)}/${table}`
}
