import type { Json } from '../base/json.ts'
import type { TaskId } from './sink.ts'
import type { Attempt } from './staged-entry.ts'

/** A file that readers can see. */
export interface StoredFile {
  /** In bytes. */
  readonly size: number
  /** When it was written, in epoch milliseconds, by the clock of the storage. */
  readonly modified: number
  /** Another text as soon as the path has another file, or other content. */
  readonly version: string
}

/** A file of a range that is on stable storage and hidden, as the record of the range keeps it. */
export interface HiddenFile {
  /** The path that it gets when it is published. */
  readonly name: string
  readonly bytes: number
  /** The checksum of its content; absent in records of earlier releases. */
  readonly crc32?: number
  /** What else the storage needs to publish it, such as the id of an upload. */
  readonly upload?: Json
}

/** What one attempt has staged for one record. */
export interface HiddenFiles {
  /** Names the attempt: `.staging/<log id>/<flow>/<task>/<n>-<attempt>`. */
  readonly staging: string
  readonly files: readonly HiddenFile[]
}

/** How a file is staged. */
export interface StageOptions {
  /** Fails where the place is gone, so that an empty folder where a volume is not mounted does not take the rows. */
  readonly mustExist: boolean
}

/**
 * Where files lie: a folder of a local disk, or a bucket. It has what the protocol needs of it and no more (docs/internals/protocol.md#the-commit).
 *
 * Paths are relative to it, with `/`. What was written is on stable storage once the promise resolves. Errors that may pass have `retryable: true`.
 */
export interface Storage {
  /** The place, for messages and to compare targets: an absolute path, or `s3://<bucket>/<prefix>`. */
  readonly location: string
  /** Returns what lies below a path, as a storage of its own. */
  below(path: string): Storage
  /** Returns the storage beside this one, whose location has a suffix, such as `.v2`. */
  beside(suffix: string): Storage
  /** Returns the identity of the place, whatever name it was given: the same text for the same place. */
  place(): Promise<string>
  /**
   * Tries with files of its own what commits and publishing will do, and makes the place if there is none. Returns what removes it again, where nothing
   * else was written meanwhile: for a start that is refused.
   *
   * @throws `TARGET_UNUSABLE`, with what to do
   */
  check(): Promise<() => Promise<void>>
  /**
   * Removes what processes that were killed have left in a folder: temporary files that are older than a minute.
   *
   * @param isDone whether no process can still create the file of this name: then its temporary files go at once
   */
  removeLeftovers(folder: string, isDone?: (name: string) => boolean): Promise<void>

  /** Returns the names of files and folders directly in a folder; none if there is no such folder. Hidden files that are staged have no name. */
  names(folder: string): Promise<readonly string[]>
  /**
   * Returns the files below, by path and sorted by it, in folders whose names are accepted; null if the place does not exist. A folder with a `.staging`
   * of its own is another dataset, and left out.
   */
  walk(accepts: {
    readonly folder: (name: string) => boolean
    readonly file: (name: string) => boolean
  }): Promise<ReadonlyMap<string, StoredFile> | null>
  /** Returns the content of a file, or null. */
  read(path: string): Promise<Uint8Array | null>
  /** Returns what is known of a file, or null. */
  stat(path: string): Promise<StoredFile | null>
  /**
   * Makes durable what was seen in a folder, before anybody acts on it (docs/internals/protocol.md#3.4). Nothing to do where a file that is seen is
   * durable.
   */
  makeDurable(folder: string): Promise<void>

  /**
   * Creates a file whole, unless there is one: then it changes nothing and returns false. Of any number of processes exactly one creates it. Where an
   * answer was lost, the content tells whose the file is. Also false where the file may be another's: look again.
   */
  create(path: string, parts: readonly Uint8Array[]): Promise<boolean>
  /** Writes a file whole, over what is there. */
  replace(path: string, parts: readonly Uint8Array[]): Promise<void>
  /** Removes files; those that are gone are no error. Folders that become empty below the place go too. */
  remove(paths: readonly string[]): Promise<void>

  /** Stages one file: on stable storage, and not visible under any name. Returns its size, and what else publishing needs. */
  stage(
    staging: string,
    name: string,
    parts: readonly Uint8Array[] | AsyncIterable<Uint8Array>,
    options: StageOptions,
  ): Promise<{ readonly bytes: number; readonly upload?: Json }>
  /** Makes all that was staged under this name durable. A record may name it only after this. */
  sealStaged(staging: string): Promise<void>
  /**
   * Gives the files of a range their names. Repeating it changes nothing, also in two processes at the same time.
   *
   * @param isOwn whether this process has just staged them: then their sizes are compared with the record, otherwise their checksums too
   * @throws `STAGED_LOST`, `STAGED_DAMAGED`, `SINK_FAILED`
   */
  publish(hidden: HiddenFiles, isOwn: boolean): Promise<void>
  /** Removes what is staged under this name and was not published. */
  discard(hidden: HiddenFiles): Promise<void>
  /** Removes what a task has staged and no record can name any more (docs/internals/protocol.md#3.8). */
  sweep(task: TaskId, head: Attempt): Promise<void>
  /** Removes all that these logs have staged. */
  discardLogs(logs: readonly string[]): Promise<void>
  /** Returns the numbers of the records for which something is staged by a task. A flow that is an empty text means any. */
  staged(task: TaskId): Promise<readonly number[]>
  /** Returns whether any of these files is still staged. */
  isStaged(hidden: HiddenFiles): Promise<boolean>
  /**
   * Returns whether range `n` of a task is being published at this moment: some of its files have their names, and others are staged.
   *
   * @param published the paths of its files that were seen, by their names without folders
   */
  isPublishing(task: TaskId, n: number, published: ReadonlyMap<string, string>): Promise<boolean>
}
