import { type Storage, TicketsError } from '@tickets/core'
import { fileError, parsePart } from '@tickets/core/internal'
import { walkParts } from '../../files/listing.ts'
import { readOwner } from '../../files/owner.ts'
import { checkOutputs } from './lost-output.ts'
import { COMPACT, inOrder, type Part, taskOf } from './parts.ts'
import { type CompactionRecord, compactedLogs, headRecord } from './records.ts'

/** The current files of a dataset at one moment. */
export interface View {
  readonly parts: readonly Part[]
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

async function headsOf(dataset: Storage): Promise<Map<string, CompactionRecord>> {
  const heads = new Map<string, CompactionRecord>()
  for (const log of await compactedLogs(dataset)) {
    const head = await headRecord(dataset, log)
    if (head) heads.set(log, head)
  }
  return heads
}

const stamp = (heads: ReadonlyMap<string, CompactionRecord>) => [...heads].map(([log, { n, attempt }]) => `${log} ${n} ${attempt}`).join()

/** Our published files, without those of logs that lost the dataset: a takeover removes them one by one. */
async function listed(dataset: Storage, before: readonly string[]): Promise<Part[]> {
  const found = await walkParts(dataset)
  if (!found)
    throw new TicketsError('TARGET_UNUSABLE', `there is no dataset in ${dataset.location}: check that the path exists and was not deleted meanwhile`)
  const parts: Part[] = []
  for (const [path, { size, modified }] of found) {
    const name = parsePart(path)
    if (name && !before.includes(name.log)) parts.push({ ...name, size, modified })
  }
  return parts
}

function newestOf(parts: readonly Part[]): Map<string, number> {
  const newest = new Map<string, number>()
  for (const part of parts) if (part.task !== COMPACT) newest.set(taskOf(part), Math.max(part.n, newest.get(taskOf(part)) ?? -1))
  return newest
}

/** Applies the newest compaction of a log to a listing. Returns null if the listing was made between two of its steps. */
function applied(parts: readonly Part[], head: CompactionRecord): readonly Part[] | null {
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
export async function lookAt(dataset: Storage): Promise<View> {
  try {
    for (let tries = 0; tries < TRIES; tries++) {
      const before = (await readOwner(dataset))?.before ?? []
      const heads = await headsOf(dataset)
      const view = await lookOnce(dataset, heads, before)
      const same = stamp(await headsOf(dataset)) === stamp(heads) && (await readOwner(dataset))?.before.at(-1) === before.at(-1)
      if (view && same) return view
      if (same) for (const [log, head] of heads) if (!before.includes(log)) await checkOutputs(dataset, log, head)
    }
  } catch (error) {
    throw fileError(error, 'SINK_FAILED', `looking at ${dataset.location}`)
  }
  throw new TicketsError('SINK_FAILED', `compactions of ${dataset.location} follow each other faster than it can be listed: look again later`, {
    retryable: true,
  })
}

/** Returns whether the range of a part is being published: only a task's newest can be (docs/internals/protocol.md#3.6). */
function isPartial(dataset: Storage, { log, task, n }: Part, parts: readonly Part[]): Promise<boolean> {
  const ofRange = parts.filter((part) => part.log === log && part.task === task && part.n === n)
  const published = new Map(ofRange.map(({ path }) => [path.slice(path.lastIndexOf('/') + 1), path]))
  return dataset.isPublishing({ logId: log, task, flow: '' }, n, published)
}

async function lookOnce(dataset: Storage, heads: ReadonlyMap<string, CompactionRecord>, before: readonly string[]): Promise<View | null> {
  const first = await listed(dataset, before)
  const newest = newestOf(first)
  const partial = new Set<string>()
  for (const [task, n] of newest) {
    const part = first.find((one) => taskOf(one) === task && one.n === n)
    if (part && (await isPartial(dataset, part, first))) partial.add(task)
  }
  const second = await listed(dataset, before)
  const isWhole = (part: Part) => {
    const n = newest.get(taskOf(part)) ?? -1
    return part.task === COMPACT || part.n < n || (part.n === n && !partial.has(taskOf(part)))
  }
  let parts: readonly Part[] = second.filter(isWhole)
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
