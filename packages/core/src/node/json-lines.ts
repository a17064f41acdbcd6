import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { TicketsError } from '../errors/errors.ts'
import type { PartitionInfo, Source } from '../pipeline/source.ts'
import type { Schema } from '../schema/schema.ts'
import { type DecodeThreadOptions, decodeElsewhere } from './decode/decode-elsewhere.ts'
import { fault } from './faults.ts'
import { codeOf } from './file-layer.ts'
import { JsonLinesReader } from './json-lines-reader.ts'
import { endOfLines, fileId, isLineStart } from './line-ends.ts'

export interface JsonLinesOptions<T> extends DecodeThreadOptions {
  readonly schema: Schema<T>
  /**
   * True: the file has an end after which nothing can ever come, so its end closes all windows, and its last line needs no line end; no file
   * can be added later to a log that was begun with it.
   * False, the default: lines may be added; a run reads up to the last whole one.
   */
  readonly complete?: boolean
  /** The topic's name; the file's name by default. With several files they become its partitions, in this order. */
  readonly topic?: string
}

interface File {
  readonly path: string
  readonly topic: string
  readonly id: string
}

/** A file's name with everything that is not safe in other names replaced. */
const safe = (name: string) => name.replace(/[^\w.-]/g, '_').replace(/^\./, '_')

function filesOf(paths: readonly string[], topic: string | undefined): File[] {
  if (paths.length === 0) throw new TicketsError('OPTION_INVALID', 'jsonLines needs at least one path')
  const files = paths.map((path, i) => {
    if (typeof path !== 'string' || path === '') throw new TicketsError('OPTION_INVALID', `a path is a file's name, got ${JSON.stringify(path)}`)
    const name = topic ?? basename(path)
    return { path, topic: safe(name), id: `${safe(name)}-${topic === undefined ? 0 : i}` }
  })
  files.forEach(({ path, id }, i) => {
    const other = files.findIndex((file) => file.id === id)
    if (other < i)
      throw new TicketsError('OPTION_INVALID', `${files[other]?.path} and ${path} would both be called ${id}: rename one, or give them a topic`)
  })
  return files
}

async function openFile(path: string): Promise<{ handle: FileHandle; size: number }> {
  let handle: FileHandle | undefined
  try {
    handle = await open(resolve(path), 'r')
    const found = await handle.stat()
    if (found.isFile()) return { handle, size: found.size }
  } catch (error) {
    await handle?.close()
    if (codeOf(error) === 'ENOENT')
      throw new TicketsError('SOURCE_MISSING', `there is no file ${path}: check the path, or write the tickets there first`, { cause: error })
    throw fault(error, 'SOURCE_FAILED', `opening ${path}`)
  }
  await handle.close()
  throw new TicketsError('SOURCE_FAILED', `${path} is no regular file: give the path of a JSON Lines file, which can be read again from any position`)
}

async function look<R>(path: string, at: (handle: FileHandle, size: number) => Promise<R>): Promise<R> {
  const { handle, size } = await openFile(path)
  try {
    return await at(handle, size)
  } catch (error) {
    throw fault(error, 'SOURCE_FAILED', `reading ${path}`)
  } finally {
    await handle.close()
  }
}

/** One id for a topic of several files; unknown while one of them is. */
function together(ids: readonly (string | null)[]): string | null {
  if (ids.length === 1) return ids[0] ?? null
  return ids.includes(null) ? null : createHash('sha256').update(ids.join()).digest('hex').slice(0, 32)
}

/** Where a file ends for one run. */
const endOf = (handle: FileHandle, size: number, complete: boolean) => (complete ? Promise.resolve(size) : endOfLines(handle, size))

/**
 * A source of files with one JSON object on each line: one partition a file, its position a byte offset. Empty lines are passed over; lines
 * that are no row are rejected with their offset.
 *
 * @param path one file or several
 * @throws `OPTION_INVALID` when two files would have one id. Later: `SOURCE_MISSING` without the file, `SOURCE_FAILED` when it cannot be read,
 * `POSITION_AHEAD` when it is shorter than what was read of it, `SOURCE_CHANGED` when it is another file than the one that was read.
 * @example
 * jsonLines('tickets.jsonl', { schema: Ticket, complete: true }).until // 'complete'
 */
export function jsonLines<T>(path: string | readonly string[], options: JsonLinesOptions<T>): Source<T, number> {
  const { schema, complete = false } = options
  const files = filesOf(typeof path === 'string' ? [path] : path, options.topic)
  const elsewhere = decodeElsewhere(schema, options)
  return {
    name: 'jsonLines',
    schema,
    until: complete ? 'complete' : 'now',
    fixed: complete,
    async describe() {
      const partitions: PartitionInfo<number>[] = []
      const ids = new Map<string, (string | null)[]>()
      for (const { path, topic, id } of files) {
        const { end, file } = await look(path, async (handle, size) => ({ end: await endOf(handle, size, complete), file: await fileId(handle) }))
        partitions.push({ id, topic, earliest: 0, start: 0, end })
        ids.set(topic, [...(ids.get(topic) ?? []), file])
      }
      return { topics: [...ids].map(([name, all]) => ({ name, id: together(all) })), partitions }
    },
    async partitions(on) {
      on.assigned(files.map(({ id }) => id))
      return { close: async () => {} }
    },
    async open(id, from, { to, maxFuture, reference = Number.POSITIVE_INFINITY }) {
      const file = files.find((f) => f.id === id)
      if (!file)
        throw new TicketsError('SOURCE_MISSING', `no file is called ${id}, only ${files.map((f) => f.id).join(', ')}: give the same files as before`)
      const { handle, size } = await openFile(file.path)
      try {
        await checkPosition(file.path, handle, size, from, to ?? from)
      } catch (error) {
        await handle.close()
        throw fault(error, 'SOURCE_FAILED', `reading ${file.path}`)
      }
      const stop = to ?? (complete ? size : undefined)
      return new JsonLinesReader({ path: file.path, schema, handle, from, stop, future: { maxFuture, reference }, elsewhere })
    },
  }
}

async function checkPosition(path: string, handle: FileHandle, size: number, from: number, to: number): Promise<void> {
  const furthest = Math.max(from, to)
  if (furthest > size) {
    throw new TicketsError(
      'POSITION_AHEAD',
      `${path} has ${size} bytes, but reading is to go on at ${from} up to ${furthest}: it was cut or replaced. Restore it, or start over with a new log`,
    )
  }
  if (!(await isLineStart(handle, from))) {
    throw new TicketsError(
      'SOURCE_CHANGED',
      `no line of ${path} begins at byte ${from}, where reading is to go on: it was replaced. Restore it, or start over with a new log`,
    )
  }
}
