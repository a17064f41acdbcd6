import { type HiddenFile, type HiddenFiles, type TaskId, TicketsError } from '@tickets/core'
import { type Attempt, type PartName, parsePart } from '@tickets/core/internal'
import type { Bucket, PendingUpload } from '../client/bucket.ts'
import { attempts } from './attempts.ts'
import { keyOf, prefixOf } from './paths.ts'

/** What publishing a file needs, as `stage` returned it. */
export interface StagedUpload {
  readonly id: string
  readonly etags: readonly string[]
}

function isStagedUpload(upload: unknown): upload is StagedUpload {
  const { id, etags } = (upload ?? {}) as Partial<StagedUpload>
  return typeof id === 'string' && id !== '' && Array.isArray(etags) && etags.every((etag) => typeof etag === 'string')
}

/** Returns the upload of a file as its record has it; throws `LOG_DAMAGED` where it has none. */
export function uploadOf({ name, upload }: HiddenFile): StagedUpload {
  if (isStagedUpload(upload)) return upload
  throw new TicketsError(
    'LOG_DAMAGED',
    `the record of ${name} names no upload: it was written for another storage. Put the sink back to the storage that the log began with, or start over with a new log`,
  )
}

/** An upload of a file of a range. */
interface RangeUpload extends PendingUpload {
  readonly part: PartName
}

/** The uploads below one place, by what their keys tell. */
export class Uploads {
  readonly #bucket: Bucket
  readonly #prefix: string
  readonly #location: string

  constructor(bucket: Bucket, prefix: string) {
    this.#bucket = bucket
    this.#prefix = prefix
    this.#location = `${bucket.name}/${prefix}`
  }

  /** Aborts what a task has staged and no record can name any more (docs/internals/protocol.md#10.4). */
  async sweep(task: TaskId, head: Attempt): Promise<void> {
    const found = await this.#ofTask(task)
    await this.#abort(found.filter(({ id, part }) => attempts.isSweepable(this.#location, task, { id, n: part.n }, head)))
  }

  async discardLogs(logs: readonly string[]): Promise<void> {
    if (logs.length === 0) return
    await this.#abort((await this.#ofRanges()).filter(({ part }) => logs.includes(part.log)))
  }

  async discard({ files }: HiddenFiles): Promise<void> {
    await this.#abort(files.map((file) => ({ key: keyOf(this.#prefix, file.name), id: uploadOf(file).id })))
  }

  async numbers(task: TaskId): Promise<readonly number[]> {
    return [...new Set((await this.#ofTask(task)).map(({ part }) => part.n))]
  }

  async isStaged({ files }: HiddenFiles): Promise<boolean> {
    const ids = new Set(files.map((file) => uploadOf(file).id))
    return ids.size > 0 && (await this.#bucket.uploads(prefixOf(this.#prefix))).some(({ id }) => ids.has(id))
  }

  async isPublishing(task: TaskId, n: number, published: ReadonlyMap<string, string>): Promise<boolean> {
    if (published.size === 0) return false
    const found = await this.#ofTask(task)
    return found.some(({ key, part }) => part.n === n && !published.has(key.slice(key.lastIndexOf('/') + 1)))
  }

  async #ofTask({ logId, task }: TaskId): Promise<RangeUpload[]> {
    return (await this.#ofRanges()).filter(({ part }) => part.log === logId && part.task === task)
  }

  async #ofRanges(): Promise<RangeUpload[]> {
    const found = await this.#bucket.uploads(prefixOf(this.#prefix))
    return found.flatMap((upload) => {
      const part = parsePart(upload.key)
      return part ? [{ ...upload, part }] : []
    })
  }

  async #abort(uploads: readonly PendingUpload[]): Promise<void> {
    for (const upload of uploads) {
      await this.#bucket.abort(upload)
      attempts.ended(upload.id)
    }
  }
}
