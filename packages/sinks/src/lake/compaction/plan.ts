import { isTicketsError, messageOf, type Storage, TicketsError } from '@tickets/core'
import { COMPACT, type Part, taskOf } from '../dataset/parts.ts'
import type { View } from '../dataset/view.ts'
import { mergedFooter } from '../formats/footers.ts'
import { describe, type Keep, type Merge, type Opened } from '../formats/format.ts'
import { formatOf } from '../formats/formats.ts'
import type { RowFilter } from '../formats/row-filter.ts'
import { evenly, grouped, isSmall, packed } from './packing.ts'
import { isRevised, keyColumns, Revisions } from './revisions.ts'

/** Files to merge into one. */
export interface Group {
  readonly log: string
  readonly folder: string
  readonly extension: string
  readonly parts: readonly Part[]
  readonly footer: Merge['footer']
  readonly keep: Keep | null
  /** Of a deletion: the rows that its file must not have. */
  readonly filter?: RowFilter
  /** Rows that its file must have. */
  readonly left: number
  /** Rows that a higher revision has replaced. */
  readonly superseded: number
  readonly bytes: number
}

export interface PlanOptions {
  readonly targetFileSize: number
  /** Only files that were written before this, in epoch milliseconds. */
  readonly before: number
  /** Leave a file alone until the ones beside it are as large together, so that a row is rewritten a few times only, however often this runs. */
  readonly gently: boolean
}

/** What a plan needs to know about a file, without its content. */
interface Known {
  readonly part: Part
  readonly opened: Opened
  readonly superseded: number
}

/** Opens a file. Returns null if another compaction has removed it. */
export async function openPart(dataset: Storage, part: Part): Promise<Opened | null> {
  const bytes = await dataset.read(part.path)
  const format = formatOf(part.extension)
  if (!bytes || !format) return null
  try {
    return await format.open(bytes)
  } catch (error) {
    if (isTicketsError(error)) throw error
    const reason = messageOf(error)
    throw new TicketsError(
      'SINK_FAILED',
      `${dataset.location}/${part.path} is no whole .${part.extension} file (${reason}): move it out of ${dataset.location}`,
      {
        cause: error,
      },
    )
  }
}

async function planFolder(dataset: Storage, all: readonly Part[], candidates: readonly Part[], o: PlanOptions): Promise<Group[]> {
  const small = candidates.filter((part) => isSmall(part, o.targetFileSize))
  const chosen = o.gently ? evenly(small) : small
  const few = chosen.length < 2
  if (o.gently && few) return []
  const first = few ? [candidates[0]].filter((one) => one !== undefined) : chosen
  const known: Known[] = []
  const open = async (part: Part) => {
    const opened = await openPart(dataset, part)
    if (opened) known.push({ part, opened, superseded: 0 })
  }
  try {
    for (const one of first) await open(one)
    let revisions: Revisions | null = null
    if (known.some(({ opened }) => isRevised(opened))) {
      revisions = new Revisions()
      // Any current file may hold a higher revision, the newest of a task too.
      for (const part of all) {
        const opened = known.find((one) => one.part === part)?.opened ?? (await openPart(dataset, part))
        if (opened && isRevised(opened)) await revisions.add(opened)
        if (opened && !known.some((one) => one.opened === opened)) opened.close()
      }
      for (const one of candidates) if (!known.some(({ part }) => part === one)) await open(one)
    }
    const wanted: Known[] = []
    for (const one of known) {
      const superseded = revisions && isRevised(one.opened) ? await revisions.superseded(one.opened) : 0
      const isChosen = !few && chosen.includes(one.part)
      // In a partitioned dataset, files without rows tell readers the types of the columns in the path.
      const anchors = one.part.folder !== '' && one.opened.rows === 0
      if ((isChosen || superseded > 0) && !anchors) wanted.push({ ...one, superseded })
    }
    const order = new Map(candidates.map((part, i) => [part, i]))
    wanted.sort((a, b) => (order.get(a.part) ?? 0) - (order.get(b.part) ?? 0))
    return grouped(wanted, ({ opened }) => JSON.stringify([describe(opened.footer), opened.footer?.flow, opened.shape])).flatMap((same) =>
      packed(same, o.targetFileSize, ({ part }) => part.size)
        // A single file is worth writing anew only for the rows that it loses.
        .filter((bin) => bin.length > 1 || bin.some(({ superseded }) => superseded > 0))
        .map((bin) => groupOf(bin, revisions)),
    )
  } finally {
    for (const { opened } of known) opened.close()
  }
}

function groupOf(bin: readonly Known[], revisions: Revisions | null): Group {
  const [first] = bin as [Known]
  const footers = bin.map(({ opened }) => opened.footer).filter((footer) => footer !== null)
  const { log, folder, extension } = first.part
  return {
    log,
    folder,
    extension,
    parts: bin.map(({ part }) => part),
    footer: mergedFooter(footers),
    keep: revisions && bin.some(({ superseded }) => superseded > 0) ? revisions.keep(keyColumns(first.opened)) : null,
    left: bin.reduce((sum, { opened, superseded }) => sum + opened.rows - superseded, 0),
    superseded: bin.reduce((sum, { superseded }) => sum + superseded, 0),
    bytes: bin.reduce((sum, { part }) => sum + part.size, 0),
  }
}

/** Returns whether a file is not of the newest record of its task, which may be the task's head, and is published again at every start (docs/internals/protocol.md#6.5). */
export const isSettled = (part: Part, newest: View['newest']): boolean => part.task === COMPACT || part.n < (newest.get(taskOf(part)) ?? -1)

/**
 * Returns the groups of files to merge: each of one folder, log and shape, in order. A task's newest files are left alone, since their record may
 * be the task's head, which every start publishes again (docs/internals/protocol.md#6.5).
 */
export async function plan(dataset: Storage, { parts, newest }: View, options: PlanOptions): Promise<Group[]> {
  const groups: Group[] = []
  for (const all of grouped(parts, ({ log, folder, extension }) => `${log} ${extension} ${folder}`)) {
    const [first] = all
    if (!first || !formatOf(first.extension)) continue
    const candidates = all.filter((part) => isSettled(part, newest) && part.modified < options.before)
    if (candidates.length > 0) groups.push(...(await planFolder(dataset, all, candidates, options)))
  }
  return groups
}
