import { isTicketsError, type Json } from '@tickets/core'
import { BACKFILLS, CHANGES, FENCES, type LogHolder, MERGE, RUNS, readMergeRecord, readTaskRecord, recordNumber } from '@tickets/core/internal'
import { bytesOf, type LogFile, type LogPlace, lastWrite, noLog } from './place.ts'

/** Where one task stands. */
export interface TaskReport {
  readonly task: string
  /** The number of its last record, and which assignment made it. */
  readonly n: number
  readonly attempt: string
  /** The next position that it reads. */
  readonly position: Json
  readonly watermark: Date | null
  /** `idle`: it holds no window back; `ended`: its source has ended. */
  readonly state: 'open' | 'idle' | 'ended'
  readonly rows: number
  readonly rejected: number
  readonly records: number
  readonly bytes: number
  readonly committed: Date
}

/** Where the merge stands. */
export interface MergeReport {
  readonly n: number
  readonly attempt: string
  /** Task → its records that are not merged yet. */
  readonly behind: Readonly<Record<string, number>>
  /** Flow → rows of windows that were emitted. */
  readonly emitted: Readonly<Record<string, number>>
  readonly committed: Date
}

/** What a log holds at one moment. */
export interface LogReport {
  readonly log: string
  readonly pipeline: string
  readonly logId: string
  readonly topics: readonly string[]
  /** Flow → where it writes. */
  readonly targets: Readonly<Record<string, string | null>>
  readonly tasks: readonly TaskReport[]
  readonly merge: MergeReport | null
  /** What else has records: bounded runs, changes of flows, backfills. */
  readonly others: Readonly<Record<string, number>>
  readonly files: number
  readonly bytes: number
  readonly committed: Date | null
  /** The processes of this machine that have it open; null where that cannot be known. */
  readonly holders: readonly LogHolder[] | null
  /** Tasks whose last record cannot be read, with the reason. */
  readonly damaged: readonly { readonly task: string; readonly code: string; readonly message: string }[]
}

/** Tasks whose records hold no range. */
const PSEUDO = [RUNS, BACKFILLS, CHANGES, FENCES]

/**
 * Returns what a log holds. It only reads: it takes nothing over, and may run beside the pipeline.
 *
 * @throws `OPTION_INVALID` where there is no log; `LOG_DAMAGED`, `LOG_UNUSABLE`
 */
export async function readLog(place: LogPlace): Promise<LogReport> {
  const { location, log } = place
  const record = await log.pipeline()
  if (!record) throw noLog(location)
  const files = await place.files()
  const own = filesByTask(files, record.logId)
  const damaged: { task: string; code: string; message: string }[] = []
  const tasks: TaskReport[] = []
  const attempt = async (task: string, look: () => Promise<void>) => {
    try {
      await look()
    } catch (error) {
      if (!isTicketsError(error)) throw error
      damaged.push({ task, code: error.code, message: error.message })
    }
  }
  const withRanges = [...own].filter(([name]) => name !== MERGE && !PSEUDO.includes(name))
  for (const [task, its] of withRanges.sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })))
    await attempt(task, async () => {
      const found = await taskReport(place, task, its)
      if (found) tasks.push(found)
    })
  let merge: MergeReport | null = null
  const ofMerge = own.get(MERGE)
  if (ofMerge)
    await attempt(MERGE, async () => {
      merge = await mergeReport(place, tasks, ofMerge)
    })
  const newest = lastWrite([...own.values()].flatMap(({ records }) => records))
  return {
    log: location,
    pipeline: record.name,
    logId: record.logId,
    topics: record.topics.map(({ name }) => name),
    targets: record.targets ?? {},
    tasks,
    merge,
    others: Object.fromEntries([...own].filter(([name]) => PSEUDO.includes(name)).map(([name, { records }]) => [name, records.length])),
    files: files.length,
    bytes: bytesOf(files),
    committed: newest === 0 ? null : new Date(newest),
    holders: place.holders(),
    damaged,
  }
}

/** The files of one task. */
interface TaskFiles {
  readonly all: readonly LogFile[]
  readonly records: readonly LogFile[]
}

/** Returns task → its files, for each task that has a record. */
function filesByTask(files: readonly LogFile[], logId: string): ReadonlyMap<string, TaskFiles> {
  const own = files.filter(({ path }) => path.startsWith(`${logId}/`))
  const byTask = Map.groupBy(own, ({ path }) => path.split('/')[1] ?? '')
  const found = [...byTask].map(([task, all]): [string, TaskFiles] => [task, { all, records: all.filter(isRecord) }])
  return new Map(found.filter(([, { records }]) => records.length > 0))
}

function isRecord({ path }: LogFile): boolean {
  const [, , name = '', ...deeper] = path.split('/')
  return deeper.length === 0 && recordNumber(name) >= 0
}

async function taskReport({ log }: LogPlace, task: string, { all, records }: TaskFiles): Promise<TaskReport | null> {
  const head = await log.head(task)
  if (!head) return null
  const { to, watermark, idle, ended, counts } = readTaskRecord(head)
  return {
    task,
    n: head.n,
    attempt: head.attempt,
    position: to,
    watermark: watermark === null ? null : new Date(watermark),
    state: ended ? 'ended' : idle ? 'idle' : 'open',
    rows: counts.rows,
    rejected: counts.rejected,
    records: records.length,
    bytes: bytesOf(all),
    committed: new Date(lastWrite(records)),
  }
}

async function mergeReport({ log }: LogPlace, tasks: readonly TaskReport[], { records }: TaskFiles): Promise<MergeReport | null> {
  const head = await log.head(MERGE)
  if (!head) return null
  const { position, shown } = readMergeRecord(head)
  return {
    n: head.n,
    attempt: head.attempt,
    behind: Object.fromEntries(tasks.map(({ task, n }) => [task, Math.max(0, n - (position[task] ?? -1))])),
    emitted: shown,
    committed: new Date(lastWrite(records)),
  }
}
