import { isTicketsError, messageOf, type Storage, TicketsError } from '@tickets/core'
import { suggestion } from '@tickets/core/internal'
import type { FileLayer } from '@tickets/core/node'
import { storageAt } from '../disk/disk-storage.ts'
import { parsePartitionFolder } from '../partition/hive.ts'
import { commitPlanned } from './compaction/compact.ts'
import { type Group, isSettled, openPart } from './compaction/plan.ts'
import type { Part } from './dataset/parts.ts'
import type { View } from './dataset/view.ts'
import { mergedFooter } from './formats/footers.ts'
import { formatOf } from './formats/formats.ts'
import { filterText, type Matches, type RowFilter } from './formats/row-filter.ts'

/** A value of a column. */
type Value = string | number | boolean | Date

/** Settings of `deleteRows`. */
export interface DeleteOptions {
  /** Stops between two files when it aborts. */
  readonly signal?: AbortSignal
  /** @internal What stands between a deletion and the file system; tests inject faults here. */
  readonly files?: FileLayer
}

/** One file that held rows of a deletion. */
export interface DeletedFrom {
  /** Its path in the dataset. */
  readonly file: string
  /** Rows that were deleted. */
  readonly deleted: number
  /** Rows of the file that took its place. */
  readonly left: number
}

/** The result of a deletion. It holds no value of a row. */
export interface Deletion {
  /** Rows that were deleted. */
  readonly rows: number
  readonly files: readonly DeletedFrom[]
  /** The newest files of tasks, which stay as they are, with how many of the rows they hold. Delete again once the pipeline has written later ones. */
  readonly waiting: readonly { readonly file: string; readonly rows: number }[]
}

/** How often another process may change the dataset before this one gives up. */
const TRIES = 100

/**
 * Removes the rows of a dataset that have these values: writes each file that holds some of them anew without them.
 *
 * It commits like `compact`, file by file, and may run beside the pipeline and beside compactions. After a crash, whichever starts next finishes what
 * was recorded; run it again for the rest. Neither records nor errors hold a value. The newest file of each task stays as it is: its rows are counted in
 * `waiting`. Works for Parquet, Arrow, JSON Lines and CSV. Other copies of the rows are not reached, such as the topic, dead letters, the log, and tables.
 *
 * @param dir the folder or storage that was given to the sink
 * @param where column, or path of a member, → its value, or several of which one is enough. Rows match in all columns. Values are compared as texts
 * @throws `OPTION_INVALID` for no column, an unknown one, one of the folders' names, and an empty value; `TARGET_UNUSABLE` where there is no dataset;
 * `SINK_FAILED`, `ENCODER_FAILED`, `STAGED_LOST`, `LOG_DAMAGED` as `compact` does
 * @example
 * await deleteRows('data/tickets', { client_id: 'CLIENT_1042' }) // { rows: 12, files: [{ file: 'part-…-3-0.parquet', deleted: 12, left: 88 }], waiting: [] }
 */
export async function deleteRows(
  dir: string | Storage,
  where: Readonly<Record<string, Value | readonly Value[]>>,
  options: DeleteOptions = {},
): Promise<Deletion> {
  const { signal, files } = options
  const filter = filterOf(where)
  const dataset = storageAt(dir, files)
  const deleted: DeletedFrom[] = []
  for (let tries = 0; tries < TRIES; tries++) {
    let found: Found = { groups: [], waiting: [], matches: new Map(), isWhole: false }
    const outcome = await commitPlanned(dataset, {
      what: 'deleting rows of',
      signal,
      planned: async (view) => {
        found = await findIn(dataset, view, filter)
        return found.groups
      },
      committed: ({ parts: [part], left }) => {
        const file = part?.path ?? ''
        deleted.push({ file, deleted: found.matches.get(file) ?? 0, left })
      },
    })
    const { isWhole, waiting } = found
    const rows = deleted.reduce((sum, one) => sum + one.deleted, 0)
    if (outcome === 'stopped' || (outcome === 'done' && isWhole)) return { rows, files: deleted, waiting }
  }
  throw new TicketsError(
    'SINK_FAILED',
    `compactions of ${dataset.location} follow each other faster than rows can be deleted: ${deleted.length} files are done, run it again for the others`,
    { retryable: true },
  )
}

function filterOf(where: Readonly<Record<string, Value | readonly Value[]>>): RowFilter {
  const filter = new Map<string, Set<string>>()
  for (const [column, given] of Object.entries(where)) {
    const values = (Array.isArray(given) ? given : [given]).map(filterText)
    // A value that a program forgot to set would match nothing, and look like success.
    if (values.length === 0 || values.some((value) => value === null || value === ''))
      throw new TicketsError('OPTION_INVALID', `rows are deleted by values, and one of "${column}" is empty: give texts, numbers, booleans or dates`)
    filter.set(column, new Set(values as string[]))
  }
  if (filter.size === 0) throw new TicketsError('OPTION_INVALID', 'rows are deleted by at least one column and its value, got none')
  return filter
}

/** What one look at a dataset finds. */
interface Found {
  readonly groups: readonly Group[]
  readonly waiting: Deletion['waiting']
  /** File → how many of its rows are meant. */
  readonly matches: ReadonlyMap<string, number>
  /** No file was gone when it was its turn: rows cannot have moved into one that was not looked at. */
  readonly isWhole: boolean
}

async function findIn(dataset: Storage, { parts, newest }: View, filter: RowFilter): Promise<Found> {
  refuseFolders(dataset, parts, filter)
  const groups: Group[] = []
  const waiting: { file: string; rows: number }[] = []
  const counts = new Map<string, number>()
  const [known, columns] = [new Set<string>(), new Set<string>()]
  let isWhole = true
  for (const part of parts.filter(({ extension }) => formatOf(extension))) {
    const opened = await openPart(dataset, part)
    if (!opened) {
      isWhole = false
      continue
    }
    try {
      const matches = await opened.find(filter).catch((error: unknown) => unreadable(dataset, part, error))
      for (const path of matches.known) known.add(path)
      for (const name of matches.columns) columns.add(name)
      if (matches.rows === 0) continue
      counts.set(part.path, matches.rows)
      if (isSettled(part, newest)) groups.push(groupOf(part, opened.rows, mergedFooter(opened.footer ? [opened.footer] : []), matches, filter))
      else waiting.push({ file: part.path, rows: matches.rows })
    } finally {
      opened.close()
    }
  }
  const unknown = [...filter.keys()].find((path) => !known.has(path))
  // Files of JSON Lines without rows have no columns, and no rows to delete either.
  if (unknown !== undefined && columns.size > 0)
    throw new TicketsError(
      'OPTION_INVALID',
      `${dataset.location} has no column "${unknown}", so no rows were deleted. ${suggestion(unknown, [...columns])}`.trim(),
    )
  return { groups, waiting, matches: counts, isWhole }
}

/** A value in the name of a folder would be in the record of its deletion. */
function refuseFolders(dataset: Storage, parts: readonly Part[], filter: RowFilter): void {
  const named = [...filter.keys()].find((column) => parts.some(({ folder }) => parsePartitionFolder(folder)?.some(([name]) => name === column)))
  if (named === undefined) return
  throw new TicketsError(
    'OPTION_INVALID',
    `"${named}" is in the names of folders of ${dataset.location}, and the record of a deletion would keep its value: write the dataset anew with bucket('${named}', …) in partitionBy, and delete this one`,
  )
}

/** What a parser says of a row may quote it, so only the file is named. */
function unreadable(dataset: Storage, { path, extension }: Part, error: unknown): never {
  if (isTicketsError(error)) throw error
  const reason = error instanceof SyntaxError ? 'a line is not JSON' : messageOf(error)
  throw new TicketsError('SINK_FAILED', `${dataset.location}/${path} is no whole .${extension} file (${reason}): move it out of ${dataset.location}`)
}

function groupOf(part: Part, rows: number, footer: Group['footer'], matches: Matches, filter: RowFilter): Group {
  const { log, folder, extension, size } = part
  const left = rows - matches.rows
  return { log, folder, extension, parts: [part], footer, keep: null, filter, left, superseded: 0, bytes: size }
}
