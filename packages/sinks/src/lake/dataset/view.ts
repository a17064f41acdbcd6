import { basename, join } from 'node:path'
import { TicketsError } from '@tickets/core'
import { adviceFor, fileError, type PartName, parsePart } from '@tickets/core/internal'
import { codeOf, type FileLayer, unless } from '@tickets/core/node'
import { listParts, stagedRanges } from '../../files/listing.ts'
import { parseRangeFolder } from '../../files/names.ts'
import { readOwner } from '../../files/owner.ts'
import { checkOutputs } from './lost-output.ts'
import { COMPACT, inOrder, taskOf } from './parts.ts'
import { type CompactionRecord, compactedLogs, headRecord } from './records.ts'

/** The current files of a dataset at one moment. */
export interface View {
  readonly parts: readonly PartName[]
  /** Task → the highest number of its published files: its record may be the task's head, so they are left alone (docs/internals/protocol.md#6.5). */
  readonly newest: ReadonlyMap<string, number>
  /** Log → its newest compaction. */
  readonly heads: ReadonlyMap<string, CompactionRecord>
  /** A compaction is recorded whose inputs are still there. */
  readonly waiting: boolean
  /** The highest number in the names of compacted files, by log. */
  readonly numbers: ReadonlyMap<string, number>
}

/** How often a dataset is listed again because a compaction was committed meanwhile. */
const TRIES = 200

async function headsOf(files: FileLayer, dir: string): Promise<Map<string, CompactionRecord>> {
  const heads = new Map<string, CompactionRecord>()
  for (const log of await compactedLogs(files, dir)) {
    const head = await headRecord(files, dir, log)
    if (head) heads.set(log, head)
  }
  return heads
}

const stamp = (heads: ReadonlyMap<string, CompactionRecord>) => [...heads].map(([log, { n, attempt }]) => `${log} ${n} ${attempt}`).join()

/** Our published files, without those of logs that lost the dataset: a takeover removes them one by one. */
async function listed(files: FileLayer, dir: string, before: readonly string[]): Promise<PartName[]> {
  const parts = (await listParts(files, dir)).map(parsePart)
  return parts.filter((part) => part !== null).filter(({ log }) => !before.includes(log))
}

function newestOf(parts: readonly PartName[]): Map<string, number> {
  const newest = new Map<string, number>()
  for (const part of parts) if (part.task !== COMPACT) newest.set(taskOf(part), Math.max(part.n, newest.get(taskOf(part)) ?? -1))
  return newest
}

/**
 * Returns whether a range is being published at this moment: one staged file of an attempt is published and another is not. Only a task's newest range
 * can be, since the previous one was published whole before the next record was created (docs/internals/protocol.md#3.6).
 */
async function isPartial(files: FileLayer, dir: string, newest: PartName, parts: readonly PartName[]): Promise<boolean> {
  const { log, task, n } = newest
  const published = new Map(parts.filter((part) => taskOf(part) === taskOf(newest) && part.n === n).map(({ path }) => [basename(path), path]))
  for (const { folder, name: attempt } of await stagedRanges(files, dir, log, task)) {
    if (parseRangeFolder(attempt)?.n !== n) continue
    const staged = (await unless(files.readFolder(join(folder, attempt)), ['ENOENT', 'ENOTDIR'], [])).filter((name) => name.endsWith('.tmp'))
    const isThere = (name: string) => published.get(name.slice(0, -'.tmp'.length))
    if (staged.every(isThere)) continue
    for (const name of staged) {
      const path = isThere(name)
      if (path === undefined) continue
      const [hidden, visible] = [await files.stat(join(folder, attempt, name)), await files.stat(join(dir, path))]
      if (hidden && hidden.identity === visible?.identity) return true
    }
  }
  return false
}

/** Applies the newest compaction of a log to a listing. Returns null if the listing was made between two of its steps. */
function applied(parts: readonly PartName[], head: CompactionRecord): readonly PartName[] | null {
  const there = new Set(parts.map(({ path }) => path))
  const outputs = new Set(head.outputs.map(({ name }) => name))
  const inputs = new Set(head.inputs)
  if (head.outputs.every(({ name }) => there.has(name))) return parts.filter(({ path }) => !inputs.has(path))
  // Not all of the outputs can be seen yet, so no input has been removed.
  return head.inputs.every((path) => there.has(path)) ? parts.filter(({ path }) => !outputs.has(path)) : null
}

/**
 * Looks at a dataset while tasks publish, a compaction runs, and another log takes it over.
 *
 * The first listing says how far each task is; the second, begun after it, sees all files up to there. If the newest compaction is the same
 * before and after, nothing but its own steps can have removed a file meanwhile, and those are known from its record.
 *
 * @throws `TARGET_UNUSABLE` where there is no such folder; `TARGET_OWNED`, `LOG_DAMAGED`, `STAGED_LOST`, `SINK_FAILED`
 */
export async function lookAt(files: FileLayer, dir: string): Promise<View> {
  try {
    for (let tries = 0; tries < TRIES; tries++) {
      const before = (await readOwner(files, dir))?.before ?? []
      const heads = await headsOf(files, dir)
      const view = await lookOnce(files, dir, heads, before)
      const same = stamp(await headsOf(files, dir)) === stamp(heads) && (await readOwner(files, dir))?.before.at(-1) === before.at(-1)
      if (view && same) return view
      if (same) for (const [log, head] of heads) if (!before.includes(log)) await checkOutputs(files, dir, log, head)
    }
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') throw fileError(error, 'SINK_FAILED', `looking at ${dir}`)
    throw new TicketsError('TARGET_UNUSABLE', `there is no dataset in ${dir}: ${adviceFor(error)}`, { cause: error })
  }
  throw new TicketsError('SINK_FAILED', `compactions of ${dir} follow each other faster than it can be listed: look again later`, { retryable: true })
}

async function lookOnce(
  files: FileLayer,
  dir: string,
  heads: ReadonlyMap<string, CompactionRecord>,
  before: readonly string[],
): Promise<View | null> {
  const first = await listed(files, dir, before)
  const newest = newestOf(first)
  const partial = new Set<string>()
  for (const [task, n] of newest) {
    const part = first.find((one) => taskOf(one) === task && one.n === n)
    if (part && (await isPartial(files, dir, part, first))) partial.add(task)
  }
  const second = await listed(files, dir, before)
  const isWhole = (part: PartName) => {
    const n = newest.get(taskOf(part)) ?? -1
    return part.task === COMPACT || part.n < n || (part.n === n && !partial.has(taskOf(part)))
  }
  let parts: readonly PartName[] = second.filter(isWhole)
  for (const [log, head] of heads) {
    if (before.includes(log)) continue
    const rest = applied(parts, head)
    if (!rest) return null
    parts = rest
  }
  const numbers = new Map<string, number>()
  for (const { log, n } of second.filter(({ task }) => task === COMPACT)) numbers.set(log, Math.max(n, numbers.get(log) ?? -1))
  const paths = new Set(second.map(({ path }) => path))
  const waiting = [...heads].some(([log, head]) => !before.includes(log) && head.inputs.some((path) => paths.has(path)))
  return { parts: [...parts].sort(inOrder), newest: newestOf(second), heads, waiting, numbers }
}
