import type { Logger, PersonalData, Pipeline, Telemetry } from '@tickets/core'
import { TicketsError } from '@tickets/core'
import { type Clock, type Duration, harmlessLogger, logEvent, onSignals, positiveMillis, systemClock } from '@tickets/core/internal'
import { Changes, Feed, type FeedStatus } from './feed.ts'

/** The definition of a feed. */
export interface FeedDefinition {
  /** Makes its pipeline. Called at each start, so that nothing of a failed one is kept. The pipeline needs its own log and its own group. */
  pipeline: () => Pipeline | Promise<Pipeline>
  /** One sentence for `list`. */
  description?: string
}

/** How feeds are restarted and logged. */
export interface FeedsOptions {
  /** The pause before the first restart, doubled by each failure in a row; 1 second by default. */
  firstPause?: Duration
  /** 1 minute by default. */
  longestPause?: Duration
  /** A run that lasted this long before it failed counts as healthy: its failure is the first in a row again. 1 minute by default. */
  healthyAfter?: Duration
  /** How often in a row a feed is started again before it stays stopped; 10 by default. */
  restarts?: number
  logger?: Logger
  /** Processing time, for tests. */
  clock?: Clock
}

/** What one run of feeds listens to. */
export interface FeedsRunOptions {
  /** Drains all when it aborts. */
  signal?: AbortSignal
  /** Whether SIGINT and SIGTERM drain all (a second one stops at once); true by default. */
  handleSignals?: boolean
  /** Those to start; all by default. The others can be started later. */
  only?: readonly string[]
  /** Watches the runs of all feeds, beside the telemetry of their pipelines. */
  telemetry?: Telemetry
}

/** Several pipelines in one process, none of which stops another. */
export interface Feeds {
  readonly names: readonly string[]
  /** Returns the status of each feed, in the order of the definitions. */
  list(): FeedStatus[]
  /** Starts a feed, also one that is paused, failed or done. */
  start(name: string): void
  /**
   * Commits what a feed has read and leaves its group, so that other processes can continue its partitions. `resume` joins again and continues
   * from the log.
   */
  pause(name: string): Promise<void>
  /** Resumes a paused feed. */
  resume(name: string): void
  /** Commits what one feed has read, or all of them, and ends it. */
  drain(name?: string): Promise<void>
  /**
   * Starts the feeds and settles when each is done, drained or failed. It waits for paused ones. It never rejects because of a feed: the statuses
   * hold the errors.
   */
  run(options?: FeedsRunOptions): Promise<FeedStatus[]>
  /** Returns what each pipeline says about personal data, in the order of the definitions. Makes the pipelines, and starts none. */
  personalData(): Promise<PersonalData[]>
}

/** Returns whether a value that a module exports is `feeds({ … })`. */
export function isFeeds(value: unknown): value is Feeds {
  const { list, run } = (value ?? {}) as Partial<Feeds>
  return typeof list === 'function' && typeof run === 'function'
}

/**
 * Runs several pipelines in one process, which can be started, paused, resumed and drained by name. A feed that fails does not stop the others. After a
 * retryable error it is started again with growing pauses, up to `restarts` times in a row. Other errors leave it `failed`.
 *
 * @throws `OPTION_INVALID` without any feed, or for a name with other characters than letters, digits, `_`, `.` and `-`
 * @example
 * await feeds({ lake: { pipeline: () => pipeline({ … }) }, warehouse: { pipeline: () => pipeline({ … }) } }).run()
 * // [{ name: 'lake', state: 'done', rows: 1000, restarts: 0, error: null, … }, …]
 */
export function feeds(definitions: Readonly<Record<string, FeedDefinition>>, options: FeedsOptions = {}): Feeds {
  const { clock = systemClock, restarts = 10 } = options
  const logger = harmlessLogger(options.logger)
  const names = Object.keys(definitions)
  if (names.length === 0) throw new TicketsError('OPTION_INVALID', 'feeds takes at least one feed, by its name: { lake: { pipeline: () => … } }')
  const wrong = names.find((name) => !/^[\w-][\w.-]*$/.test(name))
  if (wrong !== undefined) throw new TicketsError('OPTION_INVALID', `a feed's name has letters, digits, _ . and - only, got ${JSON.stringify(wrong)}`)
  if (!Number.isSafeInteger(restarts) || restarts < 0) throw new TicketsError('OPTION_INVALID', `restarts is a whole number from 0, got ${restarts}`)
  let watching: Telemetry | undefined
  const settings = {
    firstPause: positiveMillis(options.firstPause ?? '1 second', 'firstPause'),
    longestPause: positiveMillis(options.longestPause ?? '1 minute', 'longestPause'),
    healthyAfter: positiveMillis(options.healthyAfter ?? '1 minute', 'healthyAfter'),
    restarts,
    clock,
    logger,
    telemetry: () => watching,
  }
  const changes = new Changes()
  const changed = ({ name, status }: Feed) => {
    logEvent(logger, 'feed.changed', { feed: name, state: status.state, rows: status.rows }, `${name} is ${status.state}`)
    changes.notify()
  }
  const all = new Map(
    Object.entries(definitions).map(([name, { pipeline, description = '' }]) => [name, new Feed(name, description, pipeline, settings, changed)]),
  )
  const feedOf = (name: string) => {
    const feed = all.get(name)
    if (!feed) throw new TicketsError('OPTION_INVALID', `there is no feed "${name}", only ${names.join(', ')}`)
    return feed
  }
  const drain = async (name?: string) => {
    const which = name === undefined ? [...all.values()] : [feedOf(name)]
    await Promise.all(which.map((feed) => feed.drain()))
  }
  return {
    names,
    list: () => [...all.values()].map(({ status }) => status),
    start: (name) => feedOf(name).start(),
    pause: (name) => feedOf(name).pause(),
    resume: (name) => feedOf(name).start(),
    drain,
    personalData: () => Promise.all(Object.values(definitions).map(async ({ pipeline }) => (await pipeline()).personalData())),
    async run({ signal, handleSignals = true, only = names, telemetry } = {}) {
      watching = telemetry
      const started = only.map(feedOf)
      const stop = () => void drain()
      const off = handleSignals ? onSignals(stop) : () => {}
      signal?.addEventListener('abort', stop)
      try {
        for (const feed of started) feed.start()
        if (signal?.aborted) stop()
        for (let next = changes.next(); ![...all.values()].every((feed) => feed.isOver || feed.status.state === 'stopped'); next = changes.next())
          await next
        return [...all.values()].map(({ status }) => status)
      } finally {
        off()
        signal?.removeEventListener('abort', stop)
      }
    },
  }
}
