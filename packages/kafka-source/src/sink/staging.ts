import { dirname, join } from 'node:path'
import type { TaskId } from '@tickets/core'
import { fileError, isSweepable, makeFolders, syncUpwards } from '@tickets/core/internal'
import { type FileLayer, unless } from '@tickets/core/node'

/** One range in the staging folder. */
export interface RangeId {
  readonly n: number
  readonly attempt: string
}

const root = '.kafka-staging'
const inFileName = (name: string) => encodeURIComponent(name).replace(/^\.+/, (dots) => '%2E'.repeat(dots.length))
/** The next worker may sweep the staging of a worker that lost its task. That one reads the log again, which shows the loss. */
const swept = ['ENOENT']

/** Where the ranges of one flow of one task are staged: `<n>-<attempt>.tmp` holds the messages, `.done` says that they are in the topic. */
export interface RangeStaging {
  /** The place, for messages. */
  readonly folder: string
  /** Returns where a file of a range lies, for messages. */
  pathOf(range: RangeId, extension: 'tmp' | 'done' | 'send'): string
  /** Writes a range, hidden and durable. */
  write(range: RangeId, parts: readonly Uint8Array[]): Promise<void>
  /** Returns the content of a staged range; null if it does not exist. */
  read(range: RangeId): Promise<Buffer | null>
  has(range: RangeId, mark: 'done' | 'send'): Promise<boolean>
  /** Notes, durably, that the range is in the topic. Only then its messages may be removed. */
  done(range: RangeId): Promise<void>
  /** Removes the messages of a range that is noted as being in the topic. */
  drop(range: RangeId): Promise<void>
  /** Removes ranges that no record can name any more (docs/internals/protocol.md#3.8): numbers below the head's, and other attempts at the head's number. */
  sweep(head: RangeId): Promise<void>
}

/** Returns the folder of a flow of a task, named by log, task and flow, so that several sinks may share a place. */
export const folderOf = ({ logId, task, flow }: TaskId): string => [root, ...[logId, task, flow].map(inFileName)].join('/')

/** Returns whether a file is of a range that no record can name any more. */
export function isSwept(name: string, head: RangeId): boolean {
  const [, n, attempt = ''] = /^(\d+)-(.+)\.(?:tmp|done|send)$/.exec(name) ?? []
  return n !== undefined && isSweepable({ n: Number(n), attempt }, head)
}

/** The staged ranges of one flow of one task in a folder. */
export class Staging implements RangeStaging {
  readonly folder: string
  readonly #files: FileLayer
  readonly #flow: string
  #durable = false

  constructor(files: FileLayer, staging: string, task: TaskId) {
    this.#files = files
    this.#flow = task.flow
    this.folder = join(staging, folderOf(task))
  }

  pathOf({ n, attempt }: RangeId, extension: 'tmp' | 'done' | 'send'): string {
    return join(this.folder, `${n}-${attempt}.${extension}`)
  }

  async write(range: RangeId, parts: readonly Uint8Array[]): Promise<void> {
    try {
      const made = await makeFolders(this.#files, this.folder)
      // After EIO the whole file must be written again: once an fsync failed, a later fsync proves nothing.
      await this.#files.writeFile(this.pathOf(range, 'tmp'), parts).catch((error: unknown) => {
        throw fileError(error, 'SINK_FAILED', this.#doing('writing to'), [...swept, 'EIO'])
      })
      await this.#files.syncFolder(this.folder)
      if (!this.#durable || made.length > 0) await syncUpwards(this.#files, dirname(this.folder), made)
      this.#durable = true
    } catch (error) {
      throw fileError(error, 'SINK_FAILED', this.#doing('staging in'), swept)
    }
  }

  async read(range: RangeId): Promise<Buffer | null> {
    try {
      const bytes = await unless(this.#files.readFile(this.pathOf(range, 'tmp')), ['ENOENT'], null)
      return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    } catch (error) {
      throw fileError(error, 'SINK_FAILED', this.#doing('reading from'))
    }
  }

  async has(range: RangeId, mark: 'done' | 'send'): Promise<boolean> {
    try {
      return (await this.#files.stat(this.pathOf(range, mark))) !== null
    } catch (error) {
      throw fileError(error, 'SINK_FAILED', this.#doing('reading from'))
    }
  }

  async done(range: RangeId): Promise<void> {
    try {
      await this.#files.writeFile(this.pathOf(range, 'done'), [])
      await this.#files.syncFolder(this.folder)
    } catch (error) {
      throw fileError(error, 'SINK_FAILED', this.#doing('noting a published range in'), swept)
    }
    await this.drop(range)
  }

  async drop(range: RangeId): Promise<void> {
    try {
      for (const left of ['tmp', 'send'] as const) await unless(this.#files.unlink(this.pathOf(range, left)), ['ENOENT'], undefined)
    } catch (error) {
      throw fileError(error, 'SINK_FAILED', this.#doing('removing published rows from'), swept)
    }
  }

  async sweep(head: RangeId): Promise<void> {
    try {
      for (const name of await unless(this.#files.readFolder(this.folder), ['ENOENT'], [])) {
        if (isSwept(name, head)) await unless(this.#files.unlink(join(this.folder, name)), ['ENOENT'], undefined)
      }
    } catch (error) {
      throw fileError(error, 'SINK_FAILED', this.#doing('removing old staged rows from'))
    }
  }

  #doing(what: string): string {
    return `flow "${this.#flow}": ${what} ${this.folder}`
  }
}

/** Checks that the folder supports all that staging does. Throws `TARGET_UNUSABLE`, with what to do. */
export async function checkStaging(files: FileLayer, staging: string): Promise<void> {
  const folder = join(staging, root)
  const probe = join(folder, `trial-${globalThis.crypto.randomUUID()}.tmp`)
  try {
    await syncUpwards(files, folder, await makeFolders(files, folder))
    await files.writeFile(probe, [Buffer.from('trial\n')])
    await files.syncFolder(folder)
    await files.unlink(probe)
  } catch (error) {
    throw fileError(error, 'TARGET_UNUSABLE', `staging rows for Kafka in ${staging}`)
  }
}
