import { type HiddenFiles, type Json, type Storage, type StoredFile, type TaskId, TicketsError } from '@tickets/core'
import type { Attempt } from '@tickets/core/internal'
import type { Bucket } from '../client/bucket.ts'
import type { RequestCounts } from '../client/requests.ts'
import { createObject } from './create.ts'
import { namesIn, toStored, walkObjects } from './listing.ts'
import { checked, type S3Options } from './options.ts'
import { checkPath, keyOf } from './paths.ts'
import { checkBucket } from './preflight.ts'
import { removeProbes } from './probes.ts'
import { publishObjects } from './publish.ts'
import { removeObjects } from './remove.ts'
import { stageObject } from './stage.ts'
import { Uploads } from './uploads.ts'

/** A bucket as a storage, and what it has cost. */
export interface S3Storage extends Storage {
  below(path: string): S3Storage
  beside(suffix: string): S3Storage
  /** How many requests of each kind were sent so far, by this storage and all that lie below and beside it. */
  readonly requests: RequestCounts
}

/** Client and bucket with prefix → a check that succeeded, or is under way. */
const checks = new WeakMap<object, Map<string, Promise<void>>>()

/** Checks a bucket once in this process; one that fails is checked again. */
function checkOnce(bucket: Bucket, root: string): Promise<void> {
  const known = checks.get(bucket.client) ?? new Map<string, Promise<void>>()
  checks.set(bucket.client, known)
  const name = `${bucket.name}/${root}`
  const check = known.get(name) ?? checkBucket(bucket, root)
  known.set(name, check)
  check.catch(() => known.delete(name))
  return check
}

const concat = (parts: readonly Uint8Array[]): Uint8Array => (parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts))

class BucketStorage implements S3Storage {
  readonly #bucket: Bucket
  /** The prefix that the user gave, and the one of this storage. */
  readonly #root: string
  readonly #prefix: string
  readonly #uploads: Uploads

  constructor(bucket: Bucket, root: string, prefix: string) {
    this.#bucket = bucket
    this.#root = root
    this.#prefix = prefix
    this.#uploads = new Uploads(bucket, prefix)
  }

  get location(): string {
    return this.#prefix === '' ? `s3://${this.#bucket.name}` : `s3://${this.#bucket.name}/${this.#prefix}`
  }

  get requests(): RequestCounts {
    return this.#bucket.requests
  }

  below(path: string): S3Storage {
    return new BucketStorage(this.#bucket, this.#root, keyOf(this.#prefix, path))
  }

  beside(suffix: string): S3Storage {
    if (this.#prefix === '') throw new TicketsError('OPTION_INVALID', `nothing lies beside a whole bucket: use a folder of ${this.location}`)
    return new BucketStorage(this.#bucket, this.#root, checkPath(`${this.#prefix}${suffix}`))
  }

  /** The endpoint is no part of it: most buckets have several, and two stores with one name in one pipeline are refused rather than mixed up. */
  async place(): Promise<string> {
    return this.location
  }

  /** Nothing is made that would have to be removed: a folder is there as soon as it has an object. */
  async check(): Promise<() => Promise<void>> {
    await checkOnce(this.#bucket, this.#root)
    return async () => {}
  }

  /** A write leaves nothing behind. What a check has left lies in one folder, wherever it was called. */
  async removeLeftovers(folder: string): Promise<void> {
    if (folder === '') await removeProbes(this.#bucket, this.#root)
  }

  names(folder: string): Promise<readonly string[]> {
    return namesIn(this.#bucket, this.#prefix, folder)
  }

  walk(accepts: Parameters<Storage['walk']>[0]): Promise<ReadonlyMap<string, StoredFile> | null> {
    return walkObjects(this.#bucket, this.#prefix, accepts)
  }

  async read(path: string): Promise<Uint8Array | null> {
    return this.#bucket.get(this.#at(path))
  }

  async stat(path: string): Promise<StoredFile | null> {
    const found = await this.#bucket.head(this.#at(path))
    return found && toStored(found)
  }

  /** What is seen in a bucket is durable. */
  async makeDurable(): Promise<void> {}

  async create(path: string, parts: readonly Uint8Array[]): Promise<boolean> {
    return createObject(this.#bucket, this.#at(path), concat(parts))
  }

  async replace(path: string, parts: readonly Uint8Array[]): Promise<void> {
    await this.#bucket.put(this.#at(path), concat(parts))
  }

  async remove(paths: readonly string[]): Promise<void> {
    await removeObjects(
      this.#bucket,
      paths.map((path) => this.#at(path)),
    )
  }

  /** The place of a bucket cannot be gone as a volume can, so `mustExist` needs no check: a bucket that is gone takes nothing. */
  async stage(
    staging: string,
    name: string,
    parts: readonly Uint8Array[] | AsyncIterable<Uint8Array>,
  ): Promise<{ readonly bytes: number; readonly upload: Json }> {
    return stageObject(this.#bucket, this.#at(name), staging, parts)
  }

  /** A part is durable as soon as the store has confirmed it. */
  async sealStaged(): Promise<void> {}

  publish(hidden: HiddenFiles): Promise<void> {
    return publishObjects(this.#bucket, this.#prefix, hidden)
  }

  discard(hidden: HiddenFiles): Promise<void> {
    return this.#uploads.discard(hidden)
  }

  sweep(task: TaskId, head: Attempt): Promise<void> {
    return this.#uploads.sweep(task, head)
  }

  discardLogs(logs: readonly string[]): Promise<void> {
    return this.#uploads.discardLogs(logs)
  }

  staged(task: TaskId): Promise<readonly number[]> {
    return this.#uploads.numbers(task)
  }

  isStaged(hidden: HiddenFiles): Promise<boolean> {
    return this.#uploads.isStaged(hidden)
  }

  isPublishing(task: TaskId, n: number, published: ReadonlyMap<string, string>): Promise<boolean> {
    return this.#uploads.isPublishing(task, n, published)
  }

  #at(path: string): string {
    return keyOf(this.#prefix, path)
  }
}

/**
 * Returns a bucket of S3, or of a compatible store, as the place for a log and for files. Region, endpoint and credentials are found as the AWS SDK finds
 * them, or are given as its client takes them.
 *
 * @throws `OPTION_INVALID` at once; later `STORAGE_FAILED`, and at the start `STORAGE_UNSAFE` or `TARGET_UNUSABLE`
 * @example
 * const bucket = s3({ bucket: 'support-lake', prefix: 'prod', region: 'eu-central-1' })
 * bucket.below('tickets').location // 's3://support-lake/prod/tickets'
 */
export function s3(options: S3Options): S3Storage {
  const { bucket, prefix } = checked(options)
  return new BucketStorage(bucket, prefix, prefix)
}
