import { type Batch, type Range, type Schema, type Staged, type TaskId, TicketsError, type Writer } from '@tickets/core'
import { type Attempt, WriterGuard } from '@tickets/core/internal'
import type { Database, Doing } from './connection/database.ts'
import type { Connection } from './connection/dialect.ts'
import { addRange, columnsOf, dropRange, findRange, fromStaged, passGuard, readGuard, type StagedRows, sweptRanges, toStaged } from './ranges.ts'
import type { Loading } from './table/target-table.ts'

export interface WriterOptions {
  readonly task: TaskId
  readonly schema: Schema<unknown>
  readonly database: Database
  readonly table: string
  readonly target: string
  readonly loading: Loading
  /** The table in which this writer stages. */
  readonly rowsIn: string
  /** How far the table is written. */
  readonly guard: number
}

/** Writes one flow of one task to a table: staged beside it, recorded, then moved in one transaction with its guard (docs/internals/protocol.md#6.1). */
export class TableWriter implements Writer<unknown> {
  readonly #o: WriterOptions
  #kept: Batch<unknown>[] = []
  #applied: number
  #isMade: boolean
  readonly #guard: WriterGuard

  constructor(options: WriterOptions) {
    this.#o = options
    const { task, target, schema } = options
    this.#guard = new WriterGuard({ flow: task.flow, target, schema })
    this.#applied = options.guard
    this.#isMade = options.loading.create === null
  }

  async write(batch: Batch<unknown>): Promise<void> {
    this.#guard.check(batch)
    if (batch.length > 0) this.#kept.push(batch)
  }

  stage(n: number, attempt: string, range: Range): Promise<Staged | null> {
    const batches = this.#kept
    this.#kept = []
    if (batches.length === 0 && !range.empty) return Promise.resolve(null)
    return this.#stage(batches, { n, attempt }, this.#applied)
  }

  async #stage(batches: readonly Batch<unknown>[], range: Attempt, after: number): Promise<Staged> {
    const rows = batches.reduce((sum, batch) => sum + batch.length, 0)
    if (rows > 0) await this.#o.database.transaction(this.#doing('staging rows for'), (connection) => this.#put(connection, batches, range, rows))
    return toStaged({ ...range, rows, after })
  }

  async #put(connection: Connection, batches: readonly Batch<unknown>[], range: Attempt, rows: number): Promise<void> {
    const { rowsIn, loading } = this.#o
    const id = await addRange(connection, this.#o, range, rowsIn, rows)
    if (id === null) {
      // An earlier try was committed and its answer lost: the rows are these.
      if ((await findRange(connection, this.#o, range))?.rows === rows) return
      throw this.#otherRows(range)
    }
    const { columns, key, paths } = loading
    await connection.dialect.insertRows(connection, { table: rowsIn, columns, key, range: id, batches, paths })
    if (loading.refuses) await this.#try(connection, id)
  }

  /** Does what publishing will do, and takes it back: what the table refuses is found before it is recorded (docs/internals/protocol.md#3.14). */
  async #try(connection: Connection, id: number): Promise<void> {
    const { rowsIn, loading } = this.#o
    const statements = loading.statements(connection.dialect.quote(rowsIn), await columnsOf(connection, rowsIn))
    await connection.dialect.trial(connection, async () => {
      for (const sql of statements) await connection.execute(sql, [id])
    })
  }

  async publish(staged: Staged): Promise<void> {
    const { database, target } = this.#o
    const range = fromStaged(staged, target)
    if (!this.#isMade) this.#isMade = await database.run(this.#doing('creating'), (connection) => this.#create(connection, range))
    await database.transaction(this.#doing('writing'), (connection) => this.#move(connection, range))
    this.#applied = Math.max(this.#applied, range.n)
  }

  /** Makes the table; not for rows that are nowhere. It is a statement of its own, since it would end a transaction. */
  async #create(connection: Connection, range: StagedRows): Promise<boolean> {
    const { create } = this.#o.loading
    if (create === null || (range.rows > 0 && !(await findRange(connection, this.#o, range)))) return false
    await connection.query(create)
    return true
  }

  async #move(connection: Connection, range: StagedRows): Promise<void> {
    const { loading } = this.#o
    if (!(await passGuard(connection, this.#o, range.n, range.after))) return this.#checkApplied(connection, range)
    if (range.rows === 0) return
    const found = await findRange(connection, this.#o, range)
    const from = found && connection.dialect.quote(found.rowsIn)
    const count = found ? await connection.execute(`SELECT COUNT(*) AS rows_there FROM ${from} WHERE _tickets_range = ?`, [found.id]) : null
    if (!found || !from || Number(count?.rows[0]?.rows_there) !== range.rows) throw this.#gone(range)
    for (const sql of loading.statements(from, await columnsOf(connection, found.rowsIn))) await connection.execute(sql, [found.id])
    await dropRange(connection, found)
  }

  /** The guard was not touched: the range is in the table, or the guard is not what this log left there. */
  async #checkApplied(connection: Connection, range: StagedRows): Promise<void> {
    const { task, target } = this.#o
    const now = await readGuard(connection, this.#o)
    if (now !== null && now >= range.n) return
    if (now === null) {
      const message = `flow "${task.flow}": another log has taken ${target} over, or its bookkeeping was deleted, and range ${range.n} was not written: delete this log to start over, or restore the database`
      throw new TicketsError('TARGET_OWNED', message)
    }
    const message = `flow "${task.flow}": ${target} holds rows up to range ${now}, and the log knows of ${range.after}: the database has lost what it had committed (an older backup, or a power cut with ${connection.dialect.losesBy}). Restore it, or start over with a new log and mode: 'overwrite'`
    throw new TicketsError('STAGED_LOST', message)
  }

  async sweep(head: Attempt): Promise<void> {
    const { database } = this.#o
    const doing = this.#doing('removing old staged rows of')
    const old = await database.run(doing, (connection) => sweptRanges(connection, this.#o, head))
    for (const range of old) await database.transaction(doing, (connection) => dropRange(connection, range))
  }

  async close(): Promise<void> {
    if (!this.#guard.close()) return
    this.#kept = []
    await this.#o.database.leave()
  }

  #doing(what: string): Doing {
    const { task, target, database } = this.#o
    return { what: `flow "${task.flow}": ${what} ${target}`, retryFor: database.settings.retryFor, closed: () => this.#guard.closed }
  }

  #otherRows({ n }: Attempt): TicketsError {
    const { task, target } = this.#o
    return new TicketsError(
      'LOG_DAMAGED',
      `flow "${task.flow}": range ${n} of ${target} is staged already, with other rows: start over with a new log`,
    )
  }

  #gone(range: StagedRows): TicketsError {
    const { task, target } = this.#o
    const message = `flow "${task.flow}": range ${range.n} is recorded, and its ${range.rows} rows are neither in ${target} nor, whole, staged for it: restore the database from a backup, or start over (delete the log, and run with mode: 'overwrite')`
    return new TicketsError('STAGED_LOST', message)
  }
}
