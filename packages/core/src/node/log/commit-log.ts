import { dirname, join, resolve } from 'node:path'
import { TicketsError } from '../../base/errors.ts'
import type { CommitLog, LogRecord, PipelineRecord } from '../../connectors/commit-log.ts'
import type { Storage } from '../../connectors/storage.ts'
import { fileError } from '../files/file-errors.ts'
import { codeOf, type FileLayer, nodeFiles, unless } from '../files/file-layer.ts'
import { makeFolders, syncUpwards } from '../files/folders.ts'
import { refuseAddress } from '../files/store-address.ts'
import { createIfAbsent } from './create.ts'
import { noteHolder } from './holders.ts'
import { removeLeftovers } from './leftovers.ts'
import { createPipeline, readPipeline, settle } from './log-layout.ts'
import { checkLogFolder } from './preflight.ts'
import { checkName, recordName, recordNumber, temporaryName, temporaryNumber } from './record-names.ts'
import { checkRecord, goneLog, newest, recordParts, recordsAfter, verifyRecord } from './records.ts'
import { getState, putState, sweepState } from './state-files.ts'
import { StoredLog } from './stored-log.ts'

class FileLog implements CommitLog {
  readonly #path: string
  readonly #files: FileLayer
  /** The folder of the records, from the first use on: when the log is deleted and begun anew, this process must not reach the new one. */
  #home: string | null = null
  /** Task folders whose own names this process has made durable. */
  readonly #ready = new Set<string>()
  /** task → the highest record that this process has made durable: acting on it again needs no second fsync. */
  readonly #durable = new Map<string, number>()

  constructor(path: string, files: FileLayer) {
    this.#path = path
    this.#files = files
  }

  begin(record: PipelineRecord): Promise<PipelineRecord> {
    this.#home = null
    this.#ready.clear()
    this.#durable.clear()
    return this.#run('beginning', async () => {
      const files = this.#files
      const made = await makeFolders(files, this.#path)
      await syncUpwards(files, this.#path, made)
      await checkLogFolder(files, this.#path)
      await removeLeftovers(files, this.#path)
      if (!(await readPipeline(files, this.#path))) await createPipeline(files, this.#path, record)
      const standing = await readPipeline(files, this.#path)
      if (!standing) throw goneLog(this.#path)
      if (files === nodeFiles) noteHolder(this.#path)
      this.#home = await settle(files, this.#path, standing)
      return standing.record
    })
  }

  pipeline(): Promise<PipelineRecord | null> {
    return this.#run('reading', async () => (await readPipeline(this.#files, this.#path))?.record ?? null)
  }

  head(task: string): Promise<LogRecord | null> {
    return this.#run('reading', async () => {
      for (;;) {
        const n = newest(await this.#listDurably(task))
        if (n < 0) return null
        const record = await this.#record(task, n)
        // Gone since it was listed: others have committed further and pruned.
        if (record) return record
      }
    })
  }

  latest(task: string): Promise<number> {
    return this.#run('reading', async () => newest(await this.#listDurably(task)))
  }

  append(task: string, record: LogRecord): Promise<'appended' | 'exists'> {
    checkRecord(record)
    return this.#run('committing to', async () => {
      const { n, attempt } = record
      const folder = await this.#writable(task)
      const creation = await createIfAbsent(this.#files, folder, recordName(n), temporaryName(n, attempt), recordParts(record))
      if (creation === 'created') this.#durable.set(task, Math.max(n, this.#durable.get(task) ?? -1))
      if (creation === 'created') return 'appended'
      // Only pruning takes a temporary file away, and only below the newest record.
      if (creation === 'lost' && newest(await this.#list(task)) < n) {
        throw new TicketsError(
          'LOG_UNUSABLE',
          `the temporary file of record ${n} disappeared from ${folder}: let nothing else delete files there, and start again`,
        )
      }
      const standing = await this.#record(task, n)
      return standing?.attempt === attempt ? 'appended' : 'exists'
    })
  }

  async *read(task: string, after: number): AsyncIterable<LogRecord> {
    const names = await this.#run('reading', () => this.#listDurably(task))
    const record = (n: number) => this.#run('reading', () => this.#record(task, n))
    yield* recordsAfter(after, { task, log: this.#path, names, record })
  }

  prune(task: string, below: number): Promise<void> {
    return this.#run('pruning', async () => {
      const folder = await this.#folder(task)
      if (folder === null) return
      const names = await this.#list(task)
      const limit = Math.min(below, newest(names))
      const old = names.filter((name) => recordNumber(name) >= 0 && recordNumber(name) < limit).sort()
      const left = names.filter((name) => temporaryNumber(name) < limit)
      // Oldest first, so that a crash on the way leaves no hole.
      for (const name of [...old, ...left]) await unless(this.#files.unlink(join(folder, name)), ['ENOENT'], undefined)
    })
  }

  putState(task: string, name: string, bytes: Uint8Array): Promise<void> {
    return this.#run('writing state to', async () => putState(this.#files, await this.#writable(task), name, bytes))
  }

  getState(task: string, name: string): Promise<Uint8Array> {
    return this.#run('reading state of', async () => getState(this.#files, (await this.#folder(task)) ?? this.#path, name))
  }

  sweepState(task: string, head: { readonly n: number; readonly attempt: string }, keep: readonly string[]): Promise<void> {
    return this.#run('sweeping', async () => {
      const folder = await this.#folder(task)
      if (folder !== null) await sweepState(this.#files, folder, head, keep)
    })
  }

  /** The folder of a task's records; null when the log has not begun. */
  async #folder(task: string): Promise<string | null> {
    checkName('a task', task)
    if (this.#home === null) {
      const standing = await readPipeline(this.#files, this.#path)
      if (!standing) return null
      this.#home = await settle(this.#files, this.#path, standing)
    }
    return join(this.#home, task)
  }

  /** The same, there and with a durable name. It is made once: gone after that, it stays gone. */
  async #writable(task: string): Promise<string> {
    const folder = await this.#folder(task)
    if (folder === null) throw new TicketsError('LOG_UNUSABLE', `the log ${this.#path} has not begun: call begin() first`)
    if (this.#ready.has(folder)) return folder
    const made = await makeFolders(this.#files, folder, dirname(folder))
    await syncUpwards(this.#files, folder, made)
    this.#ready.add(folder)
    return folder
  }

  async #list(task: string): Promise<readonly string[]> {
    const folder = await this.#folder(task)
    if (folder === null) return []
    const names = await unless(this.#files.readFolder(folder), ['ENOENT'], null)
    if (names) return names
    if (!(await this.#files.stat(dirname(folder)))) throw goneLog(this.#path)
    return []
  }

  /** Lists first and syncs then: what was listed is durable before anybody acts on it (docs/internals/protocol.md#3.4). */
  async #listDurably(task: string): Promise<readonly string[]> {
    const names = await this.#list(task)
    const last = newest(names)
    if (last <= (this.#durable.get(task) ?? -1)) return names
    await this.#files.syncFolder(await this.#writable(task))
    this.#durable.set(task, last)
    return names
  }

  /** Record `n`, verified; null when there is none. */
  async #record(task: string, n: number): Promise<LogRecord | null> {
    const folder = await this.#folder(task)
    if (folder === null) return null
    const file = join(folder, recordName(n))
    const bytes = await unless(this.#files.readFile(file), ['ENOENT'], null)
    return bytes && verifyRecord(bytes, file, n)
  }

  async #run<R>(doing: string, work: () => Promise<R>): Promise<R> {
    try {
      return await work()
    } catch (error) {
      const home = this.#home
      if (codeOf(error) === 'ENOENT' && home !== null && !(await this.#files.stat(home).catch(() => true))) throw goneLog(this.#path, error)
      throw fileError(error, 'LOG_UNUSABLE', `${doing} the log ${this.#path}`)
    }
  }
}

/**
 * Opens a commit log in a folder, or in a storage such as a bucket, with one file for each record. Creating a record fails if its number exists, and a
 * record counts once it is durable.
 *
 * A folder is on any local file system that can link and fsync; several processes of one machine may share it. A storage is shared by all who reach it.
 * Errors: `LOG_UNUSABLE` when the place cannot be used, `LOG_DAMAGED` when a file was changed or torn, `LOG_GAP` when a record is missing, `LOG_GONE`
 * when the log was deleted under this process.
 *
 * @param place the folder, which is made when the log begins; or the storage, of which the log takes all
 * @param options `files`: where the files of a folder are, for tests
 * @example
 * await commitLog('data/log').head('tickets-0') // null: nothing was committed yet
 */
export function commitLog(place: string | Storage, options: { readonly files?: FileLayer } = {}): CommitLog {
  if (typeof place === 'object' && typeof place?.create === 'function') return new StoredLog(place)
  if (typeof place !== 'string' || place === '')
    throw new TicketsError('OPTION_INVALID', `a log is in a folder, given by its path, or in a Storage, got ${JSON.stringify(place)}`)
  refuseAddress(place)
  return new FileLog(resolve(place), options.files ?? nodeFiles)
}
