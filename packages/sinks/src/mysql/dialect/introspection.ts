import type { Connection, ExistingColumn, ExistingTable } from '../../sql/connection/dialect.ts'
import { quote } from './columns.ts'

const here = 'table_schema = DATABASE() AND table_name = ?'

/** Returns whether there is such a table or view. */
export const hasTable = async (connection: Connection, table: string): Promise<boolean> =>
  (await connection.execute(`SELECT 1 FROM information_schema.tables WHERE ${here}`, [table])).rows.length > 0

const text = (value: unknown) => (value === null || value === undefined ? '' : String(value))

/** Returns a table as the server describes it; null if it does not exist. */
export async function readTable(connection: Connection, table: string): Promise<ExistingTable | null> {
  // Aliases, since MySQL gives these columns' names in capitals.
  const tables = await connection.execute(`SELECT engine AS engine, table_type AS kind FROM information_schema.tables WHERE ${here}`, [table])
  const [found] = tables.rows
  if (!found) return null
  const columns = await connection.execute(
    `SELECT column_name AS name, column_type AS type, collation_name AS collation, is_nullable AS nullable, column_default AS preset, extra AS extra
     FROM information_schema.columns WHERE ${here} ORDER BY ordinal_position`,
    [table],
  )
  const indexes = await connection.execute(
    `SELECT index_name AS name, column_name AS col FROM information_schema.statistics WHERE ${here} AND non_unique = 0 ORDER BY index_name, seq_in_index`,
    [table],
  )
  const { rows: guards } = await connection.execute(
    `SELECT 1 FROM information_schema.table_constraints WHERE ${here} AND constraint_type = 'CHECK'
     UNION ALL SELECT 1 FROM information_schema.triggers WHERE event_object_schema = DATABASE() AND event_object_table = ?
     UNION ALL SELECT 1 FROM information_schema.partitions WHERE ${here} AND partition_name IS NOT NULL LIMIT 1`,
    [table, table, table],
  )
  const unique = new Map<string, string[]>()
  for (const { name, col } of indexes.rows) unique.set(text(name), [...(unique.get(text(name)) ?? []), text(col)])
  const all = columns.rows.map((row): ExistingColumn => {
    const nullable = text(row.nullable) === 'YES'
    const computed = /generated/i.test(text(row.extra)) && !/default_generated/i.test(text(row.extra))
    return {
      name: text(row.name),
      type: withoutWidth(text(row.type).toLowerCase()),
      collation: row.collation === null ? null : text(row.collation),
      nullable,
      computed,
      filled: nullable || row.preset !== null || computed || /auto_increment|default_generated/i.test(text(row.extra)),
    }
  })
  return {
    unusable: whyUnusable(table, text(found.kind), text(found.engine)),
    columns: all,
    refuses: guards.length > 0 || all.some(({ computed }) => computed),
    unique: [...unique.values()],
    partlyUnique: [],
    longIndexes: [],
  }
}

function whyUnusable(table: string, kind: string, engine: string): string | null {
  if (/view/i.test(kind)) return 'it is a view: write to a table, and make the view of it'
  if (/^innodb$/i.test(engine)) return null
  return `its engine is ${engine}, which has no transactions: ALTER TABLE ${quote(table)} ENGINE = InnoDB`
}

/** Display widths say nothing about what fits; MySQL 8 has none. */
const withoutWidth = (type: string) => type.replace(/^((?:tiny|small|medium|big)?int)\(\d+\)/, '$1')

/** Returns the identity of a table, whatever its address and the case of its name: the server's own id, database and table. */
export async function placeOf(connection: Connection, table: string): Promise<string> {
  const names = ['server_uuid', 'server_uid', 'hostname', 'port', 'datadir', 'lower_case_table_names']
  const sql = `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${names.map((name) => `'${name}'`).join(', ')})`
  const variables = new Map((await connection.execute(sql, [])).rows.map((row) => [String(row.Variable_name), String(row.Value)]))
  // Older releases of MariaDB have no id: host, port and folder of the data are the same for one server only.
  const server =
    variables.get('server_uuid') ?? variables.get('server_uid') ?? ['hostname', 'port', 'datadir'].map((name) => variables.get(name)).join(' ')
  const database = String((await connection.execute('SELECT DATABASE() AS name', [])).rows[0]?.name)
  const name = `${database}/${table}`
  return `mysql:${server}/${variables.get('lower_case_table_names') === '0' ? name : name.toLowerCase()}`
}
