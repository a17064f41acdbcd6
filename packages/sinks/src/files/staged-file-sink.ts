import { basename } from 'node:path'
import { type Schema, type Sink, TicketsError } from '@tickets/core'
import { fileError, isPartPath, removeLeftovers } from '@tickets/core/internal'
import { type FileLayer, nodeFiles, unless } from '@tickets/core/node'
import type { Encoder } from '../encoders/encoder.ts'
import { checkPartitionBy, describePartitions, type PartitionBy } from '../partition/partition-by.ts'
import { partitionPlan } from '../partition/plan.ts'
import { checkSort, checkSortShape, type SortBy } from '../partition/sort-rows.ts'
import type { DatasetTable } from './dataset-table.ts'
import { listParts, reachedIn } from './listing.ts'
import type { CompactEvery, DatasetMaintenance } from './maintenance.ts'
import { checkName, stagingOf, targetPath } from './names.ts'
import { checkMoved, checkOwner, checkThere, readOwner, takeOwnership } from './owner.ts'
import { placeOf } from './place.ts'
import { checkTarget, removeMade, retryVanished } from './preflight.ts'
import { partsOf, removeParts, removeStagingOf } from './remove-old.ts'
import { stagedFileWriter } from './writer.ts'

/** Settings of every file sink. */
export interface StagedFileOptions<T = unknown> {
  /**
   * `append` (the default) adds to a folder that no other log writes to; `overwrite` replaces what is there, once, when a new log begins.
   * Resuming a log never overwrites.
   */
  readonly mode?: 'append' | 'overwrite'
  /** A range with more rows than this becomes several files; no limit by default. */
  readonly maxRowsPerFile?: number
  /**
   * Divides the dataset into folders as Hive does: by columns, which then stand in the path alone, and by days of instants.
   * A log keeps the partitions that it began with. None by default.
   */
  readonly partitionBy?: PartitionBy<T>
  /** The most partitions that one range may have rows of, each of them a file; 1,000 by default. Beyond it the pipeline stops. */
  readonly maxPartitions?: number
  /** Sorts the rows of each file; by default they stay as they came. */
  readonly sortBy?: SortBy<T>
  /** Merges small files at intervals while the pipeline runs; off by default. Several processes may do it at once. */
  readonly compact?: CompactEvery
  /** @internal What stands between the sink and the file system; tests inject faults here. */
  readonly files?: FileLayer
}

/** The parts of one file sink. */
export interface StagedFileSink {
  /** The folder; a relative one is meant from the working directory of this moment. */
  readonly path: string
  readonly format: string
  /** Returns the encoder; called when a writer opens. */
  readonly load: () => Promise<Encoder>
  readonly maintenance: DatasetMaintenance
  /** Returns the table that the files of a folder belong to; without it all files in the folder are the dataset. */
  readonly tableIn?: (folder: string) => DatasetTable
  readonly options?: StagedFileOptions
}

/**
 * Makes a sink that writes files to a folder in two phases: it stages them in a hidden folder below, and links them to their names once their range is committed.
 *
 * @throws `OPTION_INVALID` at once; later `TARGET_UNUSABLE`, `TARGET_OWNED`, `SCHEMA_MISMATCH`, `SINK_FAILED`, `ENCODER_FAILED`, `STAGED_LOST`.
 */
export function stagedFileSink(sink: StagedFileSink): Sink<unknown> {
  const { path, format, load, maintenance, tableIn, options = {} } = sink
  const { mode = 'append', maxRowsPerFile = Number.POSITIVE_INFINITY, maxPartitions = 1000, files = nodeFiles } = options
  const { partitionBy = [], sortBy = null } = options
  const target = targetPath(path)
  const table = tableIn?.(target) ?? null
  if (mode !== 'append' && mode !== 'overwrite')
    throw new TicketsError('OPTION_INVALID', `mode is 'append' or 'overwrite', got ${JSON.stringify(mode)}`)
  if (!(maxRowsPerFile === Number.POSITIVE_INFINITY || (Number.isSafeInteger(maxRowsPerFile) && maxRowsPerFile > 0))) {
    throw new TicketsError('OPTION_INVALID', `maxRowsPerFile is a whole number from 1, got ${String(maxRowsPerFile)}`)
  }
  if (!(Number.isSafeInteger(maxPartitions) && maxPartitions > 0))
    throw new TicketsError('OPTION_INVALID', `maxPartitions is a whole number from 1, got ${String(maxPartitions)}`)
  checkPartitionBy(partitionBy)
  if (sortBy !== null) checkSortShape(sortBy)
  const planFor = (schema: Schema<unknown>) => {
    const plan = partitionBy.length === 0 ? null : partitionPlan(partitionBy, schema, maxPartitions)
    if (sortBy !== null) checkSort(sortBy, schema)
    return plan
  }
  /** Whether a pipeline owns the target. A writer that is opened without a pipeline has no owner to check. */
  let isHeld = false
  // A folder `v<n>` may be one of `versioned`'s, each with its own log. A sibling such as `v1.v2` would belong to no version, so such sinks have no `version`.
  const isOfVersioned = /^v\d+$/.test(basename(target))
  const maintain = options.compact && maintenance.schedule(target, options.compact, files)
  return {
    target: `file:${target}`,
    format: partitionBy.length === 0 ? format : `${format} by ${describePartitions(partitionBy)}`,

    async check(schema) {
      planFor(schema)
      await table?.check(schema, mode === 'overwrite')
    },

    async prepare({ id }) {
      const made = await checkTarget(files, target)
      try {
        const takesOver = mode === 'overwrite'
        checkOwner(await readOwner(files, target), id, target, takesOver)
        // Another process that prepares at this moment may remove the empty folder that it made: then there is nothing to remove.
        return { takesOver, remove: takesOver && !table ? await unless(listParts(files, target), ['ENOENT'], []) : [] }
      } catch (error) {
        throw fileError(error, 'SINK_FAILED', `looking at ${target}`)
      } finally {
        // The pipeline may still be refused for another reason, so leave nothing behind.
        await removeMade(files, made).catch(() => {})
      }
    },

    async place() {
      try {
        return await placeOf(files, target)
      } catch (error) {
        throw fileError(error, 'SINK_FAILED', `looking at ${target}`)
      }
    },

    async reached(log) {
      try {
        const reached = { ...(await reachedIn(files, target, log)) }
        for (const [task, n] of (await table?.reached(log)) ?? []) reached[task] = Math.max(n, reached[task] ?? -1)
        return reached
      } catch (error) {
        throw fileError(error, 'SINK_FAILED', `looking at ${target}`)
      }
    },

    async begin({ id, takesOver, remove, moved = false, published = false }) {
      checkName('the id of a log', id)
      try {
        // Before anything is made here: an empty folder may be the place where a volume is not mounted.
        if (published && !moved) await checkThere(files, target)
        const before = await retryVanished(async () => {
          await checkTarget(files, target)
          if (moved) await checkMoved(files, target, id)
          return takeOwnership(files, target, id, takesOver)
        })
        // Files that are in a table stay for those who read an older version of it.
        if (table) await table.begin({ id, replaces: takesOver })
        else
          await removeParts(files, target, [
            ...remove.filter((name) => isPartPath(name) && !basename(name).startsWith(`part-${id}-`)),
            ...(await partsOf(files, target, before)),
          ])
        await removeStagingOf(files, target, before)
        for (const folder of [target, stagingOf(target)]) await removeLeftovers(files, folder)
        isHeld = true
        await maintenance.cleanUp(files, target, before)
        await maintenance.finish(files, target)
      } catch (error) {
        throw fileError(error, 'SINK_FAILED', `${takesOver ? 'taking over' : 'opening'} ${target}`)
      }
    },

    async open(task, schema) {
      checkName('the id of a log', task.logId)
      checkName('the name of a task', task.task)
      const plan = planFor(schema)
      return stagedFileWriter({
        target,
        task,
        schema,
        encoder: await load(),
        files,
        maxRowsPerFile,
        plan,
        sortBy,
        isHeld,
        table,
        durable: new Set(),
      })
    },

    ...(!isOfVersioned && { version: (version: number) => stagedFileSink({ ...sink, path: `${target}.v${version}` }) }),
    ...(maintain && { maintain }),
  }
}
