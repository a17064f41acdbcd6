import { basename, dirname } from 'node:path'
import { isTicketsError, type Schema, type Storage, type TaskId, TicketsError } from '@tickets/core'
import { type Clock, fileError, parseStagingName } from '@tickets/core/internal'
import type { DatasetTable } from '../files/dataset-table.ts'
import type { StagedRange } from '../files/staged.ts'
import { type AnyKeyOptions, type TableKey, tableKey } from '../keyed/table-key.ts'
import { parsePartitionFolder } from '../partition/hive.ts'
import type { PartitionBy } from '../partition/partition-by.ts'
import { type Action, type Add, type MetaData, removing, toPath } from './actions.ts'
import { type DeltaField, type DeltaSchema, deltaSchema, mandatoryOf, mergedFields } from './delta-schema.ts'
import { statisticsOf } from './statistics.ts'
import { checkSupported } from './supported.ts'
import { TableLog } from './table-log.ts'
import type { TableState } from './table-state.ts'
import { Upsert } from './upsert.ts'

const ENGINE = 'tickets'

const appIdOf = ({ logId, task, flow }: TaskId) => `${logId}/${task}/${flow}`
/** By which a log remembers that it has replaced what stood in the table. */
const beginningOf = (logId: string) => `${logId}/begin`

const columnsOf = ({ schemaString, partitionColumns }: MetaData): DeltaSchema => ({
  fields: (JSON.parse(schemaString) as { readonly fields: readonly DeltaField[] }).fields,
  partitionColumns,
})
const schemaText = (fields: readonly DeltaField[]) => JSON.stringify({ type: 'struct', fields })

const numberOf = ({ staging }: StagedRange): number => parseStagingName(basename(staging))?.n ?? -1
const isIn = ({ txns }: TableState, task: TaskId, range: StagedRange) => (txns.get(appIdOf(task)) ?? -1) >= numberOf(range)

/**
 * The Delta table whose files a sink publishes: a range is one commit, which adds its files and says, in a `txn` action, how far the flow of the task has
 * come. So a commit that is repeated after a crash changes nothing.
 */
export class DeltaTable implements DatasetTable {
  readonly #log: TableLog
  readonly #storage: Storage
  readonly #target: string
  readonly #partitionBy: PartitionBy
  readonly #clock: Clock
  readonly #keyed: AnyKeyOptions
  /** The columns of rows that are partition columns. */
  readonly #partitions: ReadonlySet<string>
  /** Commits of one process come one after the other: of those at once all but one would have to read the other's first. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(target: Storage, partitionBy: PartitionBy, clock: Clock, keyed: AnyKeyOptions = {}) {
    this.#log = new TableLog(target, clock)
    this.#storage = target
    this.#target = target.location
    this.#keyed = keyed
    this.#partitionBy = partitionBy
    this.#partitions = new Set(partitionBy.filter((by) => typeof by === 'string'))
    this.#clock = clock
  }

  keyOf(schema: Schema<unknown>): TableKey | null {
    const key = tableKey(schema, this.#keyed, this.#target)
    // A partition of the empty text is that of null, so rows of both are rows of one key.
    return key && { ...key, emptyIsNull: this.#partitions }
  }

  async check(schema: Schema<unknown>, replaces: boolean): Promise<void> {
    const key = this.keyOf(schema)
    await this.#alone('looking at', async () => {
      const state = await this.#log.refresh()
      if (state.version < 0) return void deltaSchema(schema, this.#partitionBy)
      checkSupported(state, this.#target)
      this.#changeFor(state, schema)
      this.#checkKey(state, key)
      if (replaces && isAppendOnly(state))
        throw new TicketsError(
          'TARGET_UNUSABLE',
          `the Delta table ${this.#target} is delta.appendOnly, so mode: 'overwrite' may not replace its rows: use mode: 'append'`,
        )
    })
  }

  async begin({ id, replaces }: { readonly id: string; readonly replaces: boolean }): Promise<void> {
    await this.#alone('opening', () => this.#log.cleanUp())
    if (!replaces) return
    const appId = beginningOf(id)
    await this.#append('replacing', async (state, now) => {
      if (state.version < 0 || state.txns.has(appId)) return null
      checkSupported(state, this.#target)
      const removed = [...state.files.values()].map((add) => removing(add, now, true))
      const info = { timestamp: now, operation: 'WRITE', operationParameters: { mode: 'Overwrite' }, isBlindAppend: false, engineInfo: ENGINE }
      return [{ commitInfo: info }, { txn: { appId, version: 0, lastUpdated: now } }, ...removed]
    })
  }

  describe(schema: Schema<unknown>, parts: readonly Uint8Array[]): Promise<string> {
    return statisticsOf(parts, schema.fields)
  }

  async holds(task: TaskId, range: StagedRange): Promise<boolean> {
    return this.#alone('looking at', async () => isIn(await this.#log.refresh(), task, range))
  }

  async reached(log: { readonly id: string; readonly flow: string; readonly tasks: readonly string[] }): Promise<ReadonlyMap<string, number>> {
    const { txns } = await this.#alone('looking at', () => this.#log.refresh())
    return new Map(
      log.tasks.flatMap((task) => {
        const n = txns.get(appIdOf({ logId: log.id, task, flow: log.flow }))
        return n === undefined ? [] : [[task, n] as const]
      }),
    )
  }

  async commit(task: TaskId, schema: Schema<unknown>, range: StagedRange, checkOwner: () => Promise<void>): Promise<void> {
    const [appId, n] = [appIdOf(task), numberOf(range)]
    const key = this.keyOf(schema)
    const upsert = key && new Upsert({ storage: this.#storage, key, schema, range: addsOf(range, this.#clock.now()) })
    await this.#append('committing to', async (state, now) => {
      if (isIn(state, task, range)) return null
      // Behind the version that was just read: once another log owns the folder, its commit has that number, or reads ours.
      await checkOwner()
      const table = this.#tableFor(state, schema, key, now)
      const info = {
        timestamp: now,
        ...(key
          ? mergeOf(key, appId, n)
          : { operation: 'STREAMING UPDATE', operationParameters: { outputMode: 'Append', queryId: appId, epochId: String(n) } }),
        isBlindAppend: !key,
        engineInfo: ENGINE,
      }
      const files = upsert ? await upsert.changes(state, now) : addsOf(range, now).map((add): Action => ({ add }))
      return [{ commitInfo: info }, ...table, { txn: { appId, version: n, lastUpdated: now } }, ...files]
    })
    if (upsert?.hasWritten) await this.#alone('cleaning up', async () => upsert.removeUnused(await this.#log.refresh()))
    await this.#alone('writing a checkpoint of', () => this.#log.checkpoint())
  }

  /** Adds the commit that `make` returns for the table as it is; null adds none. Where another takes its number first, that one is read and `make` asked again. */
  #append(doing: string, make: (state: TableState, now: number) => Promise<readonly Action[] | null>): Promise<void> {
    return this.#alone(doing, async () => {
      for (let isDone = false; !isDone; ) {
        const actions = await make(await this.#log.refresh(), this.#clock.now())
        isDone = actions === null || (await this.#log.create(actions))
      }
    })
  }

  /** Returns the actions that make the table, or give it the columns that it lacks. */
  #tableFor(state: TableState, schema: Schema<unknown>, key: TableKey | null, now: number): Action[] {
    if (state.version < 0) {
      const { fields, partitionColumns } = deltaSchema(schema, this.#partitionBy)
      const metaData: MetaData = {
        id: globalThis.crypto.randomUUID(),
        format: { provider: 'parquet', options: {} },
        schemaString: schemaText(fields),
        partitionColumns,
        configuration: {},
        createdTime: now,
      }
      return [{ protocol: { minReaderVersion: 1, minWriterVersion: 2 } }, { metaData }]
    }
    try {
      checkSupported(state, this.#target)
      this.#checkKey(state, key)
      return this.#changeFor(state, schema)
    } catch (error) {
      // It was checked at the start, so others have changed the table since.
      if (!isTicketsError(error)) throw error
      throw new TicketsError(
        'DELTA_CONFLICT',
        `${error.message}. Others changed the table while the pipeline ran: the range is recorded, and its files stand in ${this.#target}. Undo that change and run again`,
        { cause: error },
      )
    }
  }

  #checkKey(state: TableState, key: TableKey | null): void {
    if (!key || !isAppendOnly(state)) return
    const names = key.columns.map(({ name }) => name).join(', ')
    throw new TicketsError(
      'TARGET_UNUSABLE',
      `the Delta table ${this.#target} is delta.appendOnly, so rows with the key ${names} may not replace others: set \`key\` to [], or unset that property of the table`,
    )
  }

  #changeFor({ metaData }: TableState, schema: Schema<unknown>): Action[] {
    if (!metaData) return []
    const fields = mergedFields(columnsOf(metaData), deltaSchema(schema, this.#partitionBy), this.#target, mandatoryOf(schema))
    return fields ? [{ metaData: { ...metaData, schemaString: schemaText(fields) } }] : []
  }

  #alone<R>(doing: string, work: () => Promise<R>): Promise<R> {
    const done = this.#last.then(work).catch((error: unknown) => {
      throw fileError(error, 'SINK_FAILED', `${doing} the Delta table ${this.#target}`)
    })
    this.#last = done.catch(() => {})
    return done
  }
}

const isAppendOnly = ({ metaData }: TableState): boolean => metaData?.configuration?.['delta.appendOnly'] === 'true'

/** What the history of the table says of a range that replaces rows. */
const mergeOf = ({ columns }: TableKey, queryId: string, n: number) => ({
  operation: 'MERGE',
  operationParameters: { predicate: JSON.stringify(columns.map(({ name }) => name)), queryId, epochId: String(n) },
})

/** Returns the files of a range as the table has them. One without rows only says which columns there are, which the table does itself. */
function addsOf({ files }: StagedRange, now: number): Add[] {
  return files
    .filter(({ rows }) => rows > 0)
    .map(({ name, bytes, stats }): Add => {
      const folder = dirname(name)
      const values = folder === '.' ? [] : (parsePartitionFolder(folder) ?? [])
      return {
        path: toPath(name),
        partitionValues: Object.fromEntries(values),
        size: bytes,
        modificationTime: now,
        dataChange: true,
        ...(stats !== undefined && { stats }),
      }
    })
}
