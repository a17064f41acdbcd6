import { basename, dirname } from 'node:path'
import { isTicketsError, type Schema, type Storage, type TaskId, TicketsError } from '@tickets/core'
import { type Clock, fileError, parseStagingName } from '@tickets/core/internal'
import type { DatasetTable } from '../files/dataset-table.ts'
import type { StagedRange } from '../files/staged.ts'
import { parsePartitionFolder } from '../partition/hive.ts'
import type { PartitionBy } from '../partition/partition-by.ts'
import { type Action, type Add, type MetaData, toPath } from './actions.ts'
import { type DeltaField, type DeltaSchema, deltaSchema, mandatoryOf, mergedFields } from './delta-schema.ts'
import { statisticsOf } from './statistics.ts'
import { checkSupported } from './supported.ts'
import { TableLog } from './table-log.ts'
import type { TableState } from './table-state.ts'

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
  readonly #target: string
  readonly #partitionBy: PartitionBy
  readonly #clock: Clock
  /** Commits of one process come one after the other: of those at once all but one would have to read the other's first. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(target: Storage, partitionBy: PartitionBy, clock: Clock) {
    this.#log = new TableLog(target, clock)
    this.#target = target.location
    this.#partitionBy = partitionBy
    this.#clock = clock
  }

  async check(schema: Schema<unknown>, replaces: boolean): Promise<void> {
    await this.#alone('looking at', async () => {
      const state = await this.#log.refresh()
      if (state.version < 0) return void deltaSchema(schema, this.#partitionBy)
      checkSupported(state, this.#target)
      this.#changeFor(state, schema)
      if (replaces && state.metaData?.configuration?.['delta.appendOnly'] === 'true')
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
      const removed = [...state.files.values()].map(({ path, partitionValues, size }): Action => {
        return { remove: { path, deletionTimestamp: now, dataChange: true, extendedFileMetadata: true, partitionValues, size } }
      })
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
    await this.#append('committing to', async (state, now) => {
      if (isIn(state, task, range)) return null
      // Behind the version that was just read: once another log owns the folder, its commit has that number, or reads ours.
      await checkOwner()
      const info = {
        timestamp: now,
        operation: 'STREAMING UPDATE',
        operationParameters: { outputMode: 'Append', queryId: appId, epochId: String(n) },
        isBlindAppend: true,
        engineInfo: ENGINE,
      }
      return [{ commitInfo: info }, ...this.#tableFor(state, schema, now), { txn: { appId, version: n, lastUpdated: now } }, ...addsOf(range, now)]
    })
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
  #tableFor(state: TableState, schema: Schema<unknown>, now: number): Action[] {
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

/** Returns the actions that add the files of a range. A file without rows only says which columns there are, which the table does itself. */
function addsOf({ files }: StagedRange, now: number): Action[] {
  return files
    .filter(({ rows }) => rows > 0)
    .map(({ name, bytes, stats }): Action => {
      const folder = dirname(name)
      const values = folder === '.' ? [] : (parsePartitionFolder(folder) ?? [])
      const add: Add = {
        path: toPath(name),
        partitionValues: Object.fromEntries(values),
        size: bytes,
        modificationTime: now,
        dataChange: true,
        ...(stats !== undefined && { stats }),
      }
      return { add }
    })
}
