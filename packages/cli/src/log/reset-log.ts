import { join } from 'node:path'
import { isTicketsError, TicketsError } from '@tickets/core'
import { PIPELINE, recordNumber } from '@tickets/core/internal'
import { type FileLayer, nodeFiles, unless } from '@tickets/core/node'
import { bytesOf, type LogPlace, lastWrite, noLog } from './place.ts'

/** What starting over removes, and what it leaves. */
export interface ResetPlan {
  readonly log: string
  /** Null where the pipeline record is gone or damaged. */
  readonly pipeline: string | null
  readonly removes: { readonly files: number; readonly bytes: number; readonly folders: readonly string[] }
  /** What else lies in the folder, and is left alone. */
  readonly leaves: readonly string[]
  /** Flow → the target that keeps all its rows; null where the pipeline record does not say. */
  readonly keeps: Readonly<Record<string, string | null>> | null
}

/** Where records go first: from there no process of the log can reach them. */
const ASIDE = '.reset-'
/** Temporary files that a killed start may leave beside the pipeline record. */
const LEFTOVER = /^\.?(trial|pipeline)-.+\.tmp$/

/**
 * Returns what a reset of this log would do. A damaged log can be reset: that is what starting over is for.
 *
 * @param leastMs how long ago the last commit must be, in milliseconds, so that a process that nobody sees from here is not disturbed
 * @throws `LOG_HELD` while another process holds the log, or has committed just now; `OPTION_INVALID` where there is no log
 */
export async function planReset(place: LogPlace, leastMs: number, now: number = Date.now()): Promise<ResetPlan> {
  const { location, storage } = place
  const record = await place.log.pipeline().catch((error: unknown) => {
    if (isTicketsError(error, 'LOG_DAMAGED')) return null
    throw error
  })
  const files = await place.files()
  const own = ownIn(files.map(({ path }) => path))
  const removed = files.filter(({ path }) => own.has(topOf(path)))
  if (removed.length === 0) throw noLog(location)
  refuseHeld(place)
  const last = lastWrite(removed)
  if (now - last < leastMs)
    throw new TicketsError(
      'LOG_HELD',
      `${location} was written ${Math.max(0, Math.round((now - last) / 1000))} s ago, so a process that cannot be seen from here may still run: stop every process of the pipeline and wait ${Math.ceil(leastMs / 1000)} s, or say with --after 0 that none runs`,
      { retryable: true },
    )
  return {
    log: location,
    pipeline: record?.name ?? null,
    removes: { files: removed.length, bytes: bytesOf(removed), folders: storage ? [] : [...own] },
    leaves: [...new Set(files.map(({ path }) => topOf(path)))].filter((name) => !own.has(name)).sort(),
    keeps: record ? (record.targets ?? {}) : null,
  }
}

/** Throws `LOG_HELD` while another process of this machine holds the log. */
function refuseHeld({ location, holders }: LogPlace): void {
  const others = (holders() ?? []).filter(({ pid }) => pid !== process.pid)
  if (others.length === 0) return
  const who = others.map(({ pid, since }) => `process ${pid} (since ${since.toISOString()})`).join(', ')
  throw new TicketsError('LOG_HELD', `${location} is held by ${who}: stop it, and start over then`, { retryable: true })
}

const topOf = (path: string) => path.split('/')[0] ?? ''

/** The names at the top that belong to a log. Whatever else lies there, another log too, is not ours. */
function ownIn(paths: readonly string[]): ReadonlySet<string> {
  const all = new Set(paths)
  const own = new Set<string>()
  for (const path of paths) {
    const parts = path.split('/')
    const [top = ''] = parts
    const isRecord = parts.length > 1 && parts.length < 4 && recordNumber(parts.at(-1) ?? '') >= 0
    const isFile = parts.length === 1 && (top === PIPELINE || LEFTOVER.test(top))
    if (isFile || top.startsWith(ASIDE) || (isRecord && !all.has(`${top}/${PIPELINE}`))) own.add(top)
  }
  return own
}

/**
 * Removes a log, so that the next run begins a new one. Outputs stay as they are, and stay those of the old log: a new run gets them with
 * `mode: 'overwrite'`, which replaces what the old one has written (docs/internals/protocol.md#1.1).
 *
 * The first step takes the records away from every process at once: one that still runs stops with `LOG_GONE` and writes nothing more. A reset that dies
 * on the way leaves a log that no run takes for a new one; a second reset finishes it.
 */
export async function resetLog(place: LogPlace, files: FileLayer = nodeFiles): Promise<void> {
  refuseHeld(place)
  const paths = (await place.files()).map(({ path }) => path)
  const own = ownIn(paths)
  if (place.storage) {
    // A process of this log compares the id in the pipeline record before it commits.
    await place.storage.remove([PIPELINE])
    await place.storage.remove(paths.filter((path) => path !== PIPELINE && own.has(topOf(path))))
    return
  }
  const folder = place.location
  const at = (name: string) => join(folder, name)
  const homes: string[] = []
  for (const name of own) if ((await files.stat(at(name)))?.kind === 'folder') homes.push(name)
  for (const name of homes) if (!name.startsWith(ASIDE)) await files.rename(at(name), at(`${ASIDE}${name}`))
  await files.syncFolder(folder)
  for (const name of own) if (!homes.includes(name)) await unless(files.unlink(at(name)), ['ENOENT'], undefined)
  await files.syncFolder(folder)
  for (const name of homes) await removeTree(files, at(name.startsWith(ASIDE) ? name : `${ASIDE}${name}`))
  await files.syncFolder(folder)
}

async function removeTree(files: FileLayer, path: string): Promise<void> {
  for (const name of await unless(files.readFolder(path), ['ENOENT'], [] as readonly string[])) {
    const inside = join(path, name)
    if ((await files.stat(inside))?.kind === 'folder') await removeTree(files, inside)
    else await unless(files.unlink(inside), ['ENOENT'], undefined)
  }
  await unless(files.removeFolder(path), ['ENOENT'], undefined)
}
