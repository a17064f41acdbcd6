import { basename } from 'node:path'
import { type Field, isTicketsError, messageOf, type Schema, type TaskId, TicketsError } from '@tickets/core'
import { type Clock, fileError, parseStagingName } from '@tickets/core/internal'
import type { DatasetTable } from '../files/dataset-table.ts'
import type { StagedRange } from '../files/staged.ts'
import { type AnyKeyOptions, type TableKey, tableKey } from '../keyed/table-key.ts'
import type { FileField } from '../parquet-file/schema.ts'
import type { PartitionBy } from '../partition/partition-by.ts'
import type { CatalogTable, Change } from './catalog/catalog.ts'
import { checkKeyed } from './deletes/check-keyed.ts'
import { DeletedRows } from './deletes/deleted-rows.ts'
import { KeyedRange } from './deletes/keyed-range.ts'
import { type FileStatistics, fileStatistics } from './manifest/file-statistics.ts'
import type { FileToAdd } from './manifest/manifest.ts'
import { SnapshotFiles } from './manifest/snapshot-files.ts'
import { addingSummary, beginningOf, isOfOther, progressOf, randomId, removingSummary, schemaChange, snapshotChange } from './snapshot.ts'
import { fileFields, mergedSchema, newSchema } from './spec/iceberg-schema.ts'
import { currentSchema, currentSnapshot, type IcebergSchema, isSameState, type TableMetadata } from './spec/metadata.ts'
import { matchingSpec, newSpec, specById, specFields } from './spec/partition-spec.ts'
import { checkSupported, missingColumn, refusedCommit } from './spec/supported.ts'
import { addressOf, type TableStorage } from './spec/table-storage.ts'
import { type RangeToAdd, writeRange } from './write-range.ts'

/** The parts of an Iceberg table that a sink writes. */
export interface IcebergPlace {
  readonly catalog: CatalogTable
  /** Where its files lie. */
  readonly storage: TableStorage
  readonly partitionBy: PartitionBy
  /** Which rows replace others. */
  readonly keys?: AnyKeyOptions
  readonly clock: Clock
}

const numberOf = ({ staging }: StagedRange): number => parseStagingName(basename(staging))?.n ?? -1
const progressIn = ({ properties }: TableMetadata, task: TaskId): number => Number(properties?.[progressOf(task)] ?? -1)

/** What the rows of a schema are written as: the columns of the table when it was opened, and how its files are divided. */
interface Opened {
  readonly table: string
  readonly schema: IcebergSchema
  readonly columns: (fields: readonly Field[]) => readonly FileField[]
  /** The id of a spec. */
  readonly spec: number
}

/**
 * The Iceberg table whose files a sink publishes: a range is one commit, which adds its files and sets, in the same commit, the table property that says how
 * far the flow of the task has come. So a commit that is repeated after a crash changes nothing.
 */
export class IcebergTable implements DatasetTable {
  readonly keepsPartitions = true
  readonly #place: IcebergPlace
  readonly #files: SnapshotFiles
  readonly #name: string
  readonly #location: string
  readonly #deleted = new DeletedRows()
  readonly #opened = new Map<Schema<unknown>, Opened>()
  /** The log that replaces what stands in the table. */
  #replacing: string | null = null
  /** Commits of one process come one after the other: of those at once all but one would be refused. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(place: IcebergPlace) {
    this.#place = place
    this.#name = place.catalog.name
    this.#location = addressOf(place.storage.location)
    this.#files = new SnapshotFiles(place.storage)
  }

  keyOf(schema: Schema<unknown>): TableKey | null {
    return tableKey(schema, this.#place.keys ?? {}, this.#name)
  }

  async check(schema: Schema<unknown>, replaces = false): Promise<void> {
    const key = this.keyOf(schema)
    await this.#alone('looking at', async () => {
      const metadata = await this.#load()
      if (!metadata) return void specFields(this.#place.partitionBy, schema, newSchema(schema))
      const merged = this.#fit(metadata, schema)
      if (key) await checkKeyed(key, { name: this.#name, metadata, merged, files: this.#files, replaces })
    })
  }

  async begin({ id, replaces }: { readonly id: string; readonly replaces: boolean }): Promise<void> {
    await this.#alone('opening', () => this.#place.catalog.cleanUp())
    this.#replacing = replaces ? id : null
    if (!replaces) return
    await this.#alone('replacing', async () => {
      for (let tries = 0; ; tries++) {
        await this.#pause(tries)
        const metadata = await this.#load()
        if (!metadata || (await this.#replace(metadata, id))) return
      }
    })
  }

  async open(schema: Schema<unknown>): Promise<Opened['columns']> {
    return this.#alone('opening', async () => {
      for (let tries = 0; ; tries++) {
        await this.#pause(tries)
        const metadata = (await this.#load()) ?? (await this.#create(schema))
        if (!(await this.#evolve(metadata, schema))) continue
        const opened = this.#openedAs(metadata, schema)
        this.#opened.set(schema, opened)
        return opened.columns
      }
    })
  }

  async describe(schema: Schema<unknown>, parts: readonly Uint8Array[]): Promise<string> {
    if (!this.#opened.has(schema)) await this.open(schema)
    const opened = this.#opened.get(schema) as Opened
    const statistics = await fileStatistics(parts, opened.schema)
    return JSON.stringify({ table: opened.table, spec: opened.spec, ...statistics } satisfies FileStatistics)
  }

  async holds(task: TaskId, range: StagedRange): Promise<boolean> {
    return this.#alone('looking at', async () => {
      const metadata = await this.#load()
      const isHeld = metadata !== null && progressIn(metadata, task) >= numberOf(range)
      // Its process died behind the commit, and maybe before readers were pointed at it.
      if (isHeld) await this.#place.catalog.cleanUp()
      return isHeld
    })
  }

  async reached(log: { readonly id: string; readonly flow: string; readonly tasks: readonly string[] }): Promise<ReadonlyMap<string, number>> {
    const metadata = await this.#alone('looking at', () => this.#load())
    return new Map(
      log.tasks.flatMap((task) => {
        const n = metadata ? progressIn(metadata, { logId: log.id, task, flow: log.flow }) : -1
        return n < 0 ? [] : [[task, n] as const]
      }),
    )
  }

  async commit(task: TaskId, schema: Schema<unknown>, range: StagedRange, checkOwner: () => Promise<void>): Promise<void> {
    const n = numberOf(range)
    // A file without rows only says which columns there are, which the table does itself.
    const added = range.files.filter(({ rows }) => rows > 0).map((file): FileToAdd => ({ file, statistics: JSON.parse(file.stats ?? '{}') }))
    const key = this.keyOf(schema)
    const keyed = key && added.length > 0 ? new KeyedRange(key, added, this.#deleted) : null
    await this.#alone('committing to', async () => {
      for (let tries = 0; ; tries++) {
        await this.#pause(tries)
        const metadata = (await this.#load()) ?? this.#conflict('it is gone from its catalog: register it again')
        if (progressIn(metadata, task) >= n) return
        // Behind the snapshot that was just read: once another log owns the place, its commit comes after that snapshot, and ours is refused.
        await checkOwner()
        if (this.#replacing === task.logId && !(await this.#replace(metadata, task.logId))) continue
        if (this.#replacing === task.logId && metadata.properties?.[beginningOf(task.logId)] === undefined) continue
        // Reading many manifests takes its time: it may not be what loses every race, so the next commit merges them.
        if (await this.#add(metadata, task, n, { added, keyed, merges: tries === 0 })) return
      }
    })
  }

  /** Adds a range behind the snapshot that readers see. Returns false where that has changed meanwhile. */
  async #add(metadata: TableMetadata, task: TaskId, n: number, range: RangeToAdd): Promise<boolean> {
    const id = randomId()
    const groups = this.#follow(metadata, range.added)
    const written = await this.#reading(metadata, () => writeRange(this.#files, { name: this.#name, metadata, id, groups, ...range }))
    if (!written) return false
    const { counts, deletes, list, paths } = written
    const summary = addingSummary(currentSnapshot(metadata), counts, deletes)
    const snapshot = { id, manifestList: list, summary, now: this.#place.clock.now() }
    const change = snapshotChange(metadata, snapshot, { set: { [progressOf(task)]: String(n) } })
    return this.#commit(metadata, change, paths, (after) => progressIn(after, task) >= n)
  }

  /** Runs what reads files of the table, as the start has checked them. Returns null where the table has changed, which may have removed files, too. */
  async #reading<R>(metadata: TableMetadata, read: () => Promise<R>): Promise<R | null> {
    try {
      return await read()
    } catch (error) {
      if (!isTicketsError(error, 'TARGET_UNUSABLE') && !isTicketsError(error, 'SCHEMA_MISMATCH')) throw error
      const after = await this.#load()
      return after && isSameState(after, metadata) ? this.#conflict(messageOf(error), error) : null
    }
  }

  /** Takes all rows from the table, once for a log. Returns false where the table has changed meanwhile. */
  async #replace(metadata: TableMetadata, logId: string): Promise<boolean> {
    const beginning = beginningOf(logId)
    if (metadata.properties?.[beginning] !== undefined) return true
    checkSupported(metadata, this.#name, this.#place.storage.location)
    const id = randomId()
    const removing = await this.#files.removing(currentSnapshot(metadata), id)
    const list = await this.#files.write(metadata, id, removing, [])
    const snapshot = { id, manifestList: list.address, summary: removingSummary(removing), now: this.#place.clock.now() }
    const remove = Object.keys(metadata.properties ?? {}).filter((property) => isOfOther(property, logId))
    const change = snapshotChange(metadata, snapshot, { set: { [beginning]: 'began' }, remove })
    return this.#commit(metadata, change, list.paths, (after) => after.properties?.[beginning] !== undefined)
  }

  /** Makes a change of the table as it was; where its answer is lost, the table tells whether it was made. Returns false where the table has changed. */
  async #commit(metadata: TableMetadata, change: Change, paths: readonly string[], isMade: (metadata: TableMetadata) => boolean): Promise<boolean> {
    try {
      const isDone = await this.#place.catalog.commit(change)
      if (isDone) return true
      // The first answer to a request that was sent twice on its way would have been another.
      const after = await this.#load()
      if (after && isMade(after)) return true
      await this.#files.remove(paths)
      if (after && isSameState(after, metadata)) throw refusedCommit(this.#name)
      return false
    } catch (error) {
      // The request may still be on its way, so that its files stay. It requires the snapshot that it was made for, and so does the next try.
      const after = await this.#load().catch(() => null)
      if (after && isMade(after)) return true
      throw error
    }
  }

  async #create(schema: Schema<unknown>): Promise<TableMetadata> {
    const columns = newSchema(schema)
    const spec = newSpec(specFields(this.#place.partitionBy, schema, columns))
    const properties = this.#replacing === null ? {} : { [beginningOf(this.#replacing)]: 'began' }
    await this.#place.catalog.create({ location: this.#location, schema: columns, spec, properties })
    const made = await this.#load()
    if (made) return made
    throw new TicketsError('SINK_FAILED', `the catalog has made the Iceberg table ${this.#name}, and does not know it: run again`, {
      retryable: true,
    })
  }

  /** Gives the table the columns that it lacks. Returns false where it has to be looked at again. */
  async #evolve(metadata: TableMetadata, schema: Schema<unknown>): Promise<boolean> {
    const merged = this.#fit(metadata, schema)
    if (!merged) return true
    await this.#commit(metadata, schemaChange(metadata, merged), [], (after) => this.#fit(after, schema) === null)
    return false
  }

  /** Returns the columns that the table needs for rows of a schema; null where it has them. Throws where they do not fit. */
  #fit(metadata: TableMetadata, schema: Schema<unknown>) {
    checkSupported(metadata, this.#name, this.#place.storage.location)
    const current = currentSchema(metadata) as IcebergSchema
    const merged = mergedSchema(current, metadata['last-column-id'], schema, this.#name)
    const fields = specFields(this.#place.partitionBy, schema, merged ? { ...current, ...merged } : current)
    matchingSpec(metadata, fields, this.#name)
    return merged
  }

  #openedAs(metadata: TableMetadata, schema: Schema<unknown>): Opened {
    const current = currentSchema(metadata) as IcebergSchema
    return {
      table: metadata['table-uuid'],
      schema: current,
      columns: (fields) => fileFields(current, fields),
      spec: matchingSpec(metadata, specFields(this.#place.partitionBy, schema, current), this.#name)['spec-id'],
    }
  }

  /** Returns the files of a range, which were written for the table as it was, by the specs that divide them in the table as it is. */
  #follow(metadata: TableMetadata, added: readonly FileToAdd[]) {
    try {
      checkSupported(metadata, this.#name, this.#place.storage.location)
    } catch (error) {
      this.#conflict(messageOf(error), error)
    }
    const schema = currentSchema(metadata) as IcebergSchema
    for (const { statistics } of added) {
      if (statistics.table !== metadata['table-uuid']) this.#conflict('another table has its name now: drop that one and register the first again')
      const lost = missingColumn(schema, statistics)
      if (lost) this.#conflict(lost)
    }
    return [...new Set(added.map(({ statistics }) => statistics.spec))].map((id) => {
      const spec = specById(metadata, schema, id) ?? this.#conflict(`it has no partition spec ${id} any more: add its fields again`)
      return { schema, spec, files: added.filter(({ statistics }) => statistics.spec === id) }
    })
  }

  /** It was checked at the start, so others have changed the table since. */
  #conflict(why: string, cause?: unknown): never {
    throw new TicketsError(
      'ICEBERG_CONFLICT',
      `the Iceberg table ${this.#name} cannot take a range: ${why}. Others changed the table while the pipeline ran: the range is recorded, and its files stand in ${this.#location}. Undo that change and run again`,
      { cause },
    )
  }

  /** Leaves others time to finish where they were first, up to two seconds. */
  async #pause(tries: number): Promise<void> {
    if (tries > 0) await this.#place.clock.sleep(Math.random() * Math.min(50 * tries, 2000))
  }

  #load(): Promise<TableMetadata | null> {
    return this.#place.catalog.load()
  }

  #alone<R>(doing: string, work: () => Promise<R>): Promise<R> {
    const done = this.#last.then(work).catch((error: unknown) => {
      throw fileError(error, 'SINK_FAILED', `${doing} the Iceberg table ${this.#name}`)
    })
    this.#last = done.catch(() => {})
    return done
  }
}
