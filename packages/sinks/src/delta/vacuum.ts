import { type Duration, millis, type Storage, TicketsError } from '@tickets/core'
import { type Clock, fileError, parsePart, systemClock } from '@tickets/core/internal'
import type { FileLayer } from '@tickets/core/node'
import { storageAt } from '../disk/disk-storage.ts'
import { isTemporaryName } from '../disk/names.ts'
import { readOwner } from '../files/owner.ts'
import { toPath } from './actions.ts'
import { retentionOf, TableLog } from './table-log.ts'
import type { TableState } from './table-state.ts'

/** Settings of `vacuumDelta`. */
export interface VacuumOptions {
  /** How long a file stays that is no part of the table: at least what `delta.deletedFileRetentionDuration` of the table says, which is the default. */
  readonly retain?: Duration
  /** Removes nothing, and returns what it would. */
  readonly dryRun?: boolean
  /** @internal For tests. */
  readonly clock?: Clock
  /** @internal What stands between the table and the file system; tests inject faults here. */
  readonly files?: FileLayer
}

/** The result of `vacuumDelta`. */
export interface Vacuumed {
  /** Paths of the files that were removed, relative to the table. */
  readonly removed: readonly string[]
  readonly bytes: number
  /** Files of ranges that are recorded and not in the table yet: they stay, however old they are, since their pipeline adds them when it runs again. */
  readonly waiting: number
}

const isVisible = (name: string) => !/^[._]/.test(name)

/** Every way in which writers spell the path of one file. */
const spellings = (path: string): string[] => {
  try {
    return [path, decodeURI(path), decodeURIComponent(path)]
  } catch {
    return [path]
  }
}

/** Returns how far each log and task has come, by the highest number of its flows. */
function progressOf({ txns }: TableState): ReadonlyMap<string, number> {
  const progress = new Map<string, number>()
  for (const [appId, n] of txns) {
    const task = appId.split('/').slice(0, 2).join('/')
    progress.set(task, Math.max(n, progress.get(task) ?? -1))
  }
  return progress
}

/** Whether a file belongs to a range that the table does not have yet. A log that lost the table adds nothing any more. */
function isWaiting(name: string, progress: ReadonlyMap<string, number>, lost: ReadonlySet<string>): boolean {
  const part = parsePart(name)
  return part !== null && !lost.has(part.log) && part.n > (progress.get(`${part.log}/${part.task}`) ?? -1)
}

/**
 * Removes the files of a Delta table's folder that are no part of it any more, once its retention is over: those of older versions, and what cut-off writers
 * have left, temporary files among it. After that, versions which had these files can no longer be read.
 *
 * @param place the folder or storage that was given to the sink
 * @throws `OPTION_INVALID` for a retention below the table's; `TARGET_UNUSABLE` where there is no table; `SINK_FAILED`
 * @example
 * await vacuumDelta('data/tickets') // { removed: ['part-1f0e9c55-tickets-0-0-0.parquet', …], bytes: 3250112, waiting: 0 }
 */
export async function vacuumDelta(place: string | Storage, options: VacuumOptions = {}): Promise<Vacuumed> {
  const { retain, dryRun = false, clock = systemClock } = options
  const table = storageAt(place, options.files)
  const given = retain === undefined ? null : millis(retain, 'retain')
  try {
    // First what lies there: a file that becomes part of the table later is younger than the retention, or known by then.
    const found = await table.walk({ folder: isVisible, file: (name) => isVisible(name) || isTemporaryName(name) })
    const state = await new TableLog(table, clock).refresh()
    if (!found || state.version < 0) throw new TicketsError('TARGET_UNUSABLE', `there is no Delta table in ${table.location}: check the path`)
    const least = retentionOf(state.metaData?.configuration?.['delta.deletedFileRetentionDuration'])
    if (given !== null && given < least)
      throw new TicketsError(
        'OPTION_INVALID',
        `retain is ${given} ms, and the table keeps removed files for ${least} ms: readers of older versions and running writers count on it. Change delta.deletedFileRetentionDuration of the table first`,
      )
    const before = clock.now() - (given ?? least)
    const live = new Set([...state.files.keys()].flatMap(spellings))
    const readable = new Set(
      [...state.removed.values()].filter(({ deletionTimestamp }) => Number(deletionTimestamp ?? 0) >= before).flatMap(({ path }) => spellings(path)),
    )
    const old = [...found].filter(([path, { modified }]) => {
      const isNeeded = [path, toPath(path)].some((spelling) => live.has(spelling) || readable.has(spelling))
      return !isNeeded && modified < before
    })
    const lost = new Set((await readOwner(table))?.before ?? [])
    const progress = progressOf(state)
    const removed = old.filter(([path]) => !isWaiting(path, progress, lost))
    if (!dryRun) await table.remove(removed.map(([path]) => path))
    return {
      removed: removed.map(([path]) => path),
      bytes: removed.reduce((sum, [, { size }]) => sum + size, 0),
      waiting: old.length - removed.length,
    }
  } catch (error) {
    throw fileError(error, 'SINK_FAILED', `vacuuming the Delta table ${table.location}`)
  }
}
