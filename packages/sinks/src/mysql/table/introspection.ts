import type { Connection } from '../connection/client.ts'
import type { Column } from './columns.ts'

/** A column as it stands in a table that is there. */
export interface ExistingColumn extends Column {
  /** A row may leave it out: it is nullable, has a default, counts by itself or is computed. */
  readonly filled: boolean
  readonly computed: boolean
}

export interface ExistingTable {
  readonly engine: string
  readonly isView: boolean
  readonly columns: readonly ExistingColumn[]
  /** A CHECK, a trigger, partitions or a computed column may refuse a row whose values fit their columns. */
  readonly refuses: boolean
  /** The columns of each unique index, the primary key included. */
  readonly unique: readonly (readonly string[])[]
}

const text = (value: unknown) => (value === null || value === undefined ? '' : String(value))

/** Returns a table as the server describes it; null if it does not exist. */
export async function readTable(connection: Connection, table: string): Promise<ExistingTable | null> {
  const here = 'table_schema = DATABASE() AND table_name = ?'
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
    engine: text(found.engine),
    isView: /view/i.test(text(found.kind)),
    columns: all,
    refuses: guards.length > 0 || all.some(({ computed }) => computed),
    unique: [...unique.values()],
  }
}

/** Display widths say nothing about what fits; MySQL 8 has none. */
const withoutWidth = (type: string) => type.replace(/^((?:tiny|small|medium|big)?int)\(\d+\)/, '$1')
