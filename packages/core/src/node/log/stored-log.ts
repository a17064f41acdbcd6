import { isTicketsError, messageOf, TicketsError } from '../../base/errors.ts'
import type { CommitLog, LogRecord, PipelineRecord } from '../../connectors/commit-log.ts'
import type { Attempt } from '../../connectors/staged-entry.ts'
import type { Storage } from '../../connectors/storage.ts'
import { prependChecksum } from './checksum.ts'
import { REMEDY } from './log-layout.ts'
import { checkName, recordName, recordNumber } from './record-names.ts'
import { checkRecord, goneLog, newest, recordParts, recordsAfter, verifyRecord } from './records.ts'
import { sweepableStates, verifyState } from './state-files.ts'
import { beginStoredPipeline, readStoredPipeline, storedLogId } from './stored-pipeline.ts'

/** How often a record is created whose number is neither taken nor free: two writes met, and the storage refused both. */
const TRIES = 3

/** What this process knows of a task. */
interface Known {
  /** The highest record that it has seen: a log never loses its newest one. */
  newest: number
  /** The highest record that it has made durable. */
  durable: number
  /** The record that it has created and not yet listed. */
  created: number
  /** The names of the task's files as of the last listing, with what it has created since; null before the first one. */
  names: string[] | null
  /** The names of the task's states; null where they must be listed. */
  states: string[] | null
}

/**
 * A commit log in any storage, such as a bucket. Its layout is that of a log in a folder. A commit is one `create` and one listing; a head is one listing
 * and one read.
 */
export class StoredLog implements CommitLog {
  readonly #storage: Storage
  /** The log's id, from the first use on: when the log is deleted and begun anew, this process must not reach the new one. */
  #id: string | null = null
  readonly #known = new Map<string, Known>()

  constructor(storage: Storage) {
    this.#storage = storage
  }

  begin(record: PipelineRecord): Promise<PipelineRecord> {
    this.#id = null
    this.#known.clear()
    return this.#run('beginning', async () => {
      await this.#storage.check()
      await this.#storage.removeLeftovers('')
      const standing = await beginStoredPipeline(this.#storage, record)
      if (!standing) throw goneLog(this.#storage.location)
      this.#id = standing.logId
      return standing
    })
  }

  pipeline(): Promise<PipelineRecord | null> {
    return this.#run('reading', () => readStoredPipeline(this.#storage))
  }

  head(task: string): Promise<LogRecord | null> {
    return this.#run('reading', async () => {
      // Another process may have had the task meanwhile.
      this.#of(task).states = null
      for (let missed = -1; ; ) {
        const n = newest(await this.#listDurably(task))
        if (n < 0) return null
        const record = await this.#record(task, n)
        if (record) return record
        // Gone since it was listed: others have committed further and pruned. So the next listing has a higher one.
        if (n === missed)
          throw new TicketsError('LOG_UNUSABLE', `record ${n} of ${task} is listed in ${this.#storage.location} and cannot be read: look again`, {
            retryable: true,
          })
        missed = n
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
      const path = `${await this.#written(task)}/${recordName(n)}`
      const parts = recordParts(record)
      for (let tries = 0; tries < TRIES; tries++) {
        if (await this.#storage.create(path, parts)) return this.#appended(task, n)
        const standing = await this.#record(task, n)
        if (standing) return standing.attempt === attempt ? this.#appended(task, n) : 'exists'
        // It was another's, and has been pruned meanwhile.
        if (newest(await this.#list(task)) > n) return 'exists'
      }
      throw new TicketsError(
        'LOG_UNUSABLE',
        `${this.#storage.location} refused record ${n} of ${task} and has no such record: several processes write it at once, start again`,
        { retryable: true },
      )
    })
  }

  async *read(task: string, after: number): AsyncIterable<LogRecord> {
    const names = await this.#run('reading', () => this.#listDurably(task))
    const record = (n: number) => this.#run('reading', () => this.#record(task, n))
    yield* recordsAfter(after, { task, log: this.#storage.location, names, record })
  }

  prune(task: string, below: number): Promise<void> {
    return this.#run('pruning', async () => {
      const folder = await this.#folder(task)
      if (folder === null) return
      // What was listed last is enough: records that were added since are not below.
      const names = this.#of(task).names ?? (await this.#list(task))
      const limit = Math.min(below, newest(names))
      const old = names.filter((name) => recordNumber(name) >= 0 && recordNumber(name) < limit).sort()
      if (old.length === 0) return
      await this.#storage.remove(old.map((name) => `${folder}/${name}`))
      const known = this.#of(task)
      known.names = known.names?.filter((name) => !old.includes(name)) ?? null
    })
  }

  putState(task: string, name: string, bytes: Uint8Array): Promise<void> {
    return this.#run('writing state to', async () => {
      checkName('the name of a state', name)
      await this.#storage.replace(`${await this.#written(task)}/state/${name}`, prependChecksum(bytes))
      this.#of(task).states?.push(name)
    })
  }

  getState(task: string, name: string): Promise<Uint8Array> {
    return this.#run('reading state of', async () => {
      checkName('the name of a state', name)
      const path = `${(await this.#folder(task)) ?? task}/state/${name}`
      const file = await this.#storage.read(path)
      if (!file) await this.#checkThere(task)
      return verifyState(file, `${this.#storage.location}/${path}`)
    })
  }

  sweepState(task: string, head: Attempt, keep: readonly string[]): Promise<void> {
    return this.#run('sweeping', async () => {
      const folder = await this.#folder(task)
      if (folder === null) return
      const known = this.#of(task)
      known.states ??= [...(await this.#storage.names(`${folder}/state`))]
      const old = sweepableStates(known.states, head, keep)
      if (old.length === 0) return
      await this.#storage.remove(old.map((name) => `${folder}/state/${name}`))
      known.states = (known.states as string[] | null)?.filter((name) => !old.includes(name)) ?? null
    })
  }

  #of(task: string): Known {
    const known = this.#known.get(task) ?? { newest: -1, durable: -1, created: -1, names: null, states: null }
    this.#known.set(task, known)
    return known
  }

  /** The folder of a task's records; null when the log has not begun. */
  async #folder(task: string): Promise<string | null> {
    checkName('a task', task)
    this.#id ??= (await readStoredPipeline(this.#storage))?.logId ?? null
    return this.#id === null ? null : `${this.#id}/${task}`
  }

  async #written(task: string): Promise<string> {
    const folder = await this.#folder(task)
    if (folder === null) throw new TicketsError('LOG_UNUSABLE', `the log ${this.#storage.location} has not begun: call begin() first`)
    return folder
  }

  #appended(task: string, n: number): 'appended' {
    const known = this.#of(task)
    known.newest = Math.max(n, known.newest)
    known.durable = Math.max(n, known.durable)
    known.created = n
    known.names?.push(recordName(n))
    return 'appended'
  }

  async #list(task: string): Promise<readonly string[]> {
    const folder = await this.#folder(task)
    if (folder === null) return []
    const known = this.#of(task)
    // What is created while the listing is under way may be missing in it.
    const { newest: seen, created } = known
    const names = await this.#storage.names(folder)
    const last = newest(names)
    // A storage has no folders that could be missing: what this process knows of the log tells that it was deleted. The record before the one that was
    // just created stands until that one is listed.
    const isAlone = created === last && last >= 0 && !names.includes(recordName(last - 1))
    if (last < seen || isAlone) await this.#checkThere(task)
    if (last < seen)
      throw new TicketsError(
        'LOG_DAMAGED',
        `record ${seen} of ${task} in ${this.#storage.location} is gone, and nothing prunes the newest one. ${REMEDY}`,
      )
    known.names = [...names, ...(known.names ?? []).filter((name) => recordNumber(name) > last)]
    known.newest = Math.max(known.newest, last)
    if (known.created === created) known.created = -1
    return names
  }

  /** Lists first and makes durable then: what was listed is durable before anybody acts on it (docs/internals/protocol.md#3.4). */
  async #listDurably(task: string): Promise<readonly string[]> {
    const names = await this.#list(task)
    const known = this.#of(task)
    const last = newest(names)
    if (last <= known.durable) return names
    await this.#storage.makeDurable(await this.#written(task))
    known.durable = Math.max(known.durable, last)
    return names
  }

  /** Throws `LOG_GONE` if the log was deleted or begun anew. Takes back the record that this process has created there and nobody has acted on. */
  async #checkThere(task: string): Promise<void> {
    const id = this.#id
    if (id === null || (await storedLogId(this.#storage)) === id) return
    const { created } = this.#of(task)
    // A record without its log would keep the next log from beginning here. Where this fails, that one says so.
    if (created >= 0) await this.#storage.remove([`${id}/${task}/${recordName(created)}`]).catch(() => {})
    throw goneLog(this.#storage.location)
  }

  /** Record `n`, verified; null when there is none. */
  async #record(task: string, n: number): Promise<LogRecord | null> {
    const folder = await this.#folder(task)
    if (folder === null) return null
    const path = `${folder}/${recordName(n)}`
    const bytes = await this.#storage.read(path)
    return bytes && verifyRecord(bytes, `${this.#storage.location}/${path}`, n)
  }

  async #run<R>(doing: string, work: () => Promise<R>): Promise<R> {
    try {
      return await work()
    } catch (error) {
      if (isTicketsError(error) && (error.code.startsWith('LOG_') || error.code === 'OPTION_INVALID')) throw error
      const retryable = error instanceof Object && 'retryable' in error && error.retryable === true
      throw new TicketsError('LOG_UNUSABLE', `${doing} the log ${this.#storage.location} failed: ${messageOf(error)}`, { cause: error, retryable })
    }
  }
}
