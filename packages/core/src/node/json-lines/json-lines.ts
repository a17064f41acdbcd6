import type { FileHandle } from 'node:fs/promises'
import { TicketsError } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import type { Schema } from '../../batch/batch.ts'
import type { PartitionInfo, Source } from '../../connectors/source.ts'
import { type DecodeThreadOptions, useThread } from '../decode/shared-thread.ts'
import { fileError } from '../files/file-errors.ts'
import { checkPaths, filesOf, isPattern, type SourceFile } from './files.ts'
import { JsonLinesReader } from './json-lines-reader.ts'
import { endOfLines, fileId, isLineStart } from './line-ends.ts'
import { openFile } from './plain-file.ts'

/** Settings of `jsonLines`. */
export interface JsonLinesOptions<T> extends DecodeThreadOptions {
  readonly schema: Schema<T>
  /**
   * True: the file has an end after which nothing can ever come, so its end closes all windows, and its last line needs no line end; no file
   * can be added later to a log that was begun with it.
   * False, the default: lines may be added; a run reads up to the last whole one.
   */
  readonly complete?: boolean
  /**
   * The topic's name; the file's name by default. With several files they become its partitions, in this order, so that files can only be added at
   * the end of the list; files of a pattern keep their own names below it.
   */
  readonly topic?: string
}

async function look<R>(path: string, at: (handle: FileHandle, size: number) => Promise<R>): Promise<R> {
  const { handle, size } = await openFile(path)
  try {
    return await at(handle, size)
  } catch (error) {
    throw fileError(error, 'SOURCE_FAILED', `reading ${path}`)
  } finally {
    await handle.close()
  }
}

/** Where a file ends for one run. */
const endOf = (handle: FileHandle, size: number, complete: boolean) => (complete ? Promise.resolve(size) : endOfLines(handle, size))

/**
 * Creates a source of files with one JSON object on each line. Each file is a partition, and a position is a byte offset. Empty lines are skipped;
 * invalid lines are rejected with their offset. A line has no key and no headers, so columns of those are null.
 *
 * A path with a `*` is a pattern, such as `data/2026-*.jsonl`: each file that matches it is a partition. Files may be added, and a file may be removed
 * once it was read to its end. A file compressed with gzip or zstd is unpacked to a temporary file while it is read; its positions count unpacked bytes.
 *
 * @param path one file or pattern, or several
 * @throws `OPTION_INVALID` without a path, and for a schema that needs a message's timestamp or partition. Later: `SOURCE_MISSING` without the file, `SOURCE_FAILED` if it cannot be read, `POSITION_AHEAD` if it is
 * shorter than what was read of it, `SOURCE_CHANGED` if it is another file than the one that was read.
 * @example
 * jsonLines('tickets.jsonl', { schema: Ticket, complete: true }).until // 'complete'
 */
export function jsonLines<T>(path: string | readonly string[], options: JsonLinesOptions<T>): Source<T, number> {
  const { schema, complete = false } = options
  const missing = schema.needs.find((need) => need === 'timestamp' || need === 'partition')
  if (missing)
    throw new TicketsError(
      'OPTION_INVALID',
      `${schema.name} takes a column from the ${missing} of messages, and lines of files have none: take it from the line instead`,
    )
  const paths = typeof path === 'string' ? [path] : path
  checkPaths(paths)
  const list = () => filesOf(paths, options.topic)
  /** The files that `describe` returned to this run. A file that appears later belongs to the next run. */
  let described: readonly SourceFile[] | undefined
  const isOne = typeof path === 'string' && !isPattern(path)
  const thread = useThread(schema, options)
  return {
    name: 'jsonLines',
    schema,
    until: complete ? 'complete' : 'now',
    fixed: complete,
    mayShrink: !isOne,
    async describe() {
      const partitions: PartitionInfo<number>[] = []
      const topics = new Map<string, string | null>()
      described = await list()
      for (const { path, topic, id } of described) {
        const { end, file } = await look(path, async (handle, size) => ({ end: await endOf(handle, size, complete), file: await fileId(handle) }))
        partitions.push({ id, topic, earliest: 0, start: 0, end })
        // Of a topic whose files come and go, each task's record says which file it has read.
        topics.set(topic, isOne || options.topic === undefined ? file : null)
      }
      return { topics: [...topics].map(([name, id]) => ({ name, id: paths.some(isPattern) ? null : id })), partitions }
    },
    async partitions(on) {
      on.assigned((described ?? (await list())).map(({ id }) => id))
      return { close: async () => {} }
    },
    async open(id, from, { to, maxFuture, reference = Number.POSITIVE_INFINITY, memory }) {
      const files = await list()
      const file = files.find((f) => f.id === id)
      if (!file)
        throw new TicketsError('SOURCE_MISSING', `no file is called ${id}, only ${files.map((f) => f.id).join(', ')}: give the same files as before`)
      const { handle, size } = await openFile(file.path)
      let first: string | null
      try {
        await checkPosition(file.path, handle, size, from, to ?? from)
        first = await fileId(handle)
        checkFile(file.path, first, memory)
      } catch (error) {
        await handle.close()
        throw fileError(error, 'SOURCE_FAILED', `reading ${file.path}`)
      }
      const stop = to ?? (complete ? size : undefined)
      return new JsonLinesReader({ path: file.path, schema, handle, from, stop, future: { maxFuture, reference }, thread, first })
    },
  }
}

/** What a task's record says of the file that it has read. */
interface Read {
  readonly file?: string
}

function checkFile(path: string, first: string | null, memory: Json | undefined): void {
  const { file } = (memory ?? {}) as Read
  if (file === undefined || first === null || file === first) return
  throw new TicketsError(
    'SOURCE_CHANGED',
    `${path} begins with another line than the file that was read under its name: it was replaced. Restore it, or start over with a new log`,
  )
}

async function checkPosition(path: string, handle: FileHandle, size: number, from: number, to: number): Promise<void> {
  const furthest = Math.max(from, to)
  if (furthest > size) {
    throw new TicketsError(
      'POSITION_AHEAD',
      `${path} has ${size} bytes, but reading is to continue at ${from} up to ${furthest}: it was cut or replaced. Restore it, or start over with a new log`,
    )
  }
  if (!(await isLineStart(handle, from))) {
    throw new TicketsError(
      'SOURCE_CHANGED',
      `no line of ${path} begins at byte ${from}, where reading is to continue: it was replaced. Restore it, or start over with a new log`,
    )
  }
}
