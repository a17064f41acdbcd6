import { type ErrorCode, TicketsError } from '@tickets/core'
import { backoff, type Clock, jittered, retry, systemClock } from '@tickets/core/internal'
import type { Connection, Pool } from './dialect.ts'
import type { Settings } from './settings.ts'

export interface Doing {
  /** For the message: `flow "x": staging rows for …`. */
  readonly what: string
  readonly code?: ErrorCode
  /** How long transient faults are retried, in milliseconds. */
  readonly retryFor: number
  /** Returns whether to stop retrying. */
  readonly closed?: () => boolean
}

/** Pauses between tries, in milliseconds. */
const PAUSES = { first: 50, longest: 5000 }

/** The connections of one sink: shared by its writers, closed with the last of them. */
export class Database {
  readonly settings: Settings
  #pool: Pool | null = null
  #users = 0

  constructor(settings: Settings) {
    this.settings = settings
  }

  /** Keeps the connections open until `leave`. */
  enter(): void {
    this.#users += 1
    this.#pool ??= this.settings.createPool()
  }

  async leave(): Promise<void> {
    this.#users -= 1
    if (this.#users > 0) return
    const pool = this.#pool
    this.#pool = null
    await pool?.end()
  }

  /** Runs `work` with the connections open, and closes them. */
  async visit<R>(work: () => Promise<R>): Promise<R> {
    this.enter()
    try {
      return await work()
    } finally {
      await this.leave()
    }
  }

  /** Runs statements that need no transaction, such as CREATE TABLE. Repeats `work` after a passing fault, so it must be repeatable. */
  run<R>(doing: Doing, work: (connection: Connection) => Promise<R>): Promise<R> {
    if (this.settings.dialect.hasTransactionalDdl) return this.transaction(doing, work)
    return this.#persistently(doing, async () => {
      const { connection, giveBack } = await this.#borrow()
      let broken = true
      try {
        const result = await work(connection)
        broken = false
        return result
      } catch (error) {
        broken = this.#isGone(error)
        throw error
      } finally {
        giveBack(broken)
      }
    })
  }

  /**
   * Runs `work` in a transaction. Repeats it as a whole after a passing fault, a lost answer to COMMIT included, so `work` must find out by itself
   * whether it was done before.
   */
  transaction<R>(doing: Doing, work: (connection: Connection) => Promise<R>): Promise<R> {
    return this.#persistently(doing, async () => {
      const { connection, giveBack } = await this.#borrow()
      let broken = true
      try {
        await connection.query(connection.begin)
        const result = await work(connection)
        await connection.query('COMMIT')
        broken = false
        return result
      } catch (error) {
        // The server rolls back what an ended connection had begun.
        if (!this.#isGone(error)) {
          broken = await connection.query('ROLLBACK').then(
            () => false,
            () => true,
          )
        }
        throw error
      } finally {
        giveBack(broken)
      }
    })
  }

  #isGone = (error: unknown) => this.settings.dialect.errors.isConnectionGone(error)

  #borrow() {
    if (this.#pool) return this.#pool.borrow()
    throw new TicketsError('TASK_LOST', `the writer for ${this.settings.place} was closed`, { retryable: true })
  }

  #persistently<R>({ what, code, retryFor, closed }: Doing, work: () => Promise<R>): Promise<R> {
    const until = systemClock.now() + retryFor
    const again = (error: unknown, failures: number) => {
      const failure = this.settings.dialect.errors.toTicketsError(error, what, code)
      const isOver = systemClock.now() + backoff(failures, PAUSES) > until
      if (!failure.retryable || failure.code === 'TASK_LOST' || closed?.() || isOver) throw failure
      return true
    }
    // Random, so that two transactions that met in a deadlock do not meet again.
    const clock: Clock = { now: systemClock.now, sleep: (ms, signal) => systemClock.sleep(jittered(ms), signal) }
    return retry(work, { again, clock, ...PAUSES })
  }
}
