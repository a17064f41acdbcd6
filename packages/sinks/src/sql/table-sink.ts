import { type Schema, type Sink, TicketsError } from '@tickets/core'
import type { Database, Doing } from './connection/database.ts'
import type { Connection } from './connection/dialect.ts'
import { openGuard } from './ranges.ts'
import { rowsTable } from './staged-rows.ts'
import { makeBookkeeping, makeMissing, reachedIn } from './table/bookkeeping.ts'
import { GUARD } from './table/names.ts'
import { checkMoved, checkOwner, checkThere, dropped, holdOwnership, takeOwnership } from './table/owner.ts'
import type { Loading } from './table/target-table.ts'
import { TableWriter } from './writer.ts'

/** One table of a database, and how rows are written to it. */
export interface TablePlace {
  /** Sinks of one database may share their connections. */
  readonly database: Database
  readonly table: string
  readonly mode: 'append' | 'overwrite'
  /** Creates what the table needs, such as a star schema. Several processes may repeat it at the same time. */
  readonly ready?: (doing: Doing, log: { readonly id: string }) => Promise<void>
  readonly load: (connection: Connection, schema: Schema<unknown>, target: string) => Promise<Loading>
  /** The statements that remove all rows of the table, to replace those of another log. */
  readonly clear: readonly string[]
}

/** How long a start waits for a server that does not answer, in milliseconds. */
const PATIENCE = 5000

/** Returns a sink that stages rows beside its table and moves them there in one transaction with a guard. */
export function tableSink({ database, table, mode, ready, load, clear }: TablePlace): Sink<unknown> {
  if (mode !== 'append' && mode !== 'overwrite')
    throw new TicketsError('OPTION_INVALID', `mode is 'append' or 'overwrite', got ${JSON.stringify(mode)}`)
  const { settings } = database
  const { dialect } = settings
  const target = `${settings.place}/${table}`
  const doing = (what: string): Doing => ({ what: `${what} ${target}`, code: 'TARGET_UNUSABLE', retryFor: Math.min(PATIENCE, settings.retryFor) })
  /** How rows of a schema come into the table, and where they are staged. Makes what they are staged in; claims nothing. */
  const look = async (connection: Connection, schema: Schema<unknown>) => {
    const loading = await load(connection, schema, target)
    const rows = rowsTable(dialect, table, loading.columns)
    await makeMissing(connection, rows.name, rows.create)
    return { loading, rowsIn: rows.name }
  }
  return {
    target,
    format: dialect.name,

    async check(schema, flow) {
      checkLength('flow', flow)
      await database.visit(() => database.run(doing('looking at'), (connection) => look(connection, schema)))
    },

    async prepare({ id }) {
      const takesOver = mode === 'overwrite'
      await database.visit(() => database.run(doing('looking at'), (connection) => checkOwner(connection, table, id, target, takesOver)))
      return { takesOver, remove: [] }
    },

    place: () => database.visit(() => database.run(doing('looking at'), (connection) => dialect.placeOf(connection, table))),

    reached: ({ id, flow }) => database.visit(() => database.run(doing('looking at'), (connection) => reachedIn(connection, table, id, flow))),

    async begin({ id, takesOver, moved = false, published = false }) {
      await database.visit(async () => {
        if (published && !moved) await database.run(doing('opening'), (connection) => checkThere(connection, table, target))
        if (moved) await database.run(doing('opening'), (connection) => checkMoved(connection, table, id, target))
        await database.run(doing('opening'), makeBookkeeping)
        await ready?.(doing('opening'), { id })
        await database.transaction(doing(takesOver ? 'taking over' : 'opening'), async (connection) => {
          const tookOver = await takeOwnership(connection, table, id, target, takesOver)
          if (tookOver && takesOver && (await dialect.hasTable(connection, table))) for (const sql of clear) await connection.query(sql)
        })
      })
    },

    async open(task, schema) {
      checkLength('flow', task.flow)
      checkLength('task', task.task)
      database.enter()
      try {
        const opening = { ...doing('opening'), retryFor: settings.retryFor }
        const made = await database.run(opening, (connection) => look(connection, schema))
        const guard = await database.transaction(opening, async (connection) => {
          await holdOwnership(connection, table, task.logId, target)
          return openGuard(connection, { task, table })
        })
        if (made.loading.create !== null) await database.run(opening, (connection) => checkNeverMade(connection, task.logId, table, target))
        return new TableWriter({ task, schema, database, table, target, guard, ...made })
      } catch (error) {
        await database.leave()
        throw error
      }
    },
  }
}

/** The bookkeeping has room for names up to this. */
function checkLength(what: 'flow' | 'task', name: string): void {
  if ([...name].length > 255)
    throw new TicketsError('OPTION_INVALID', `the name of a ${what} has at most 255 characters in a database: shorten ${JSON.stringify(name)}`)
}

/** Refuses to create a table that this log has written to: it was dropped with its rows, and an empty one would hide that. */
async function checkNeverMade(connection: Connection, log: string, table: string, target: string): Promise<void> {
  const { rows } = await connection.execute(`SELECT MAX(n) AS n FROM ${GUARD} WHERE log_id = ? AND table_name = ?`, [log, table])
  // Another task may have made it just now.
  if (Number(rows[0]?.n ?? -1) < 0 || (await connection.dialect.hasTable(connection, table))) return
  throw dropped(target)
}
