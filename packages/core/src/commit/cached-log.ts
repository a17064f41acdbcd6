import type { CommitLog, LogRecord } from '../connectors/commit-log.ts'

/** Records kept for each task. A merge that lags further reads the older ones from the log. */
const KEPT = 4

/**
 * Returns a log that keeps the records that this process has appended, and returns those to readers instead of reading and parsing them again: the
 * partial aggregates of a range can be megabytes of text. Heads and gaps still come from the log itself.
 */
export function withRecentRecords(log: CommitLog): CommitLog {
  const recent = new Map<string, LogRecord[]>()
  /** task → its unfinished append: the record may be listed before this process knows that it won. */
  const underWay = new Map<string, Promise<unknown>>()
  const append = async (task: string, record: LogRecord) => {
    const outcome = await log.append(task, record)
    if (outcome === 'appended') recent.set(task, [...(recent.get(task) ?? []), record].slice(-KEPT))
    return outcome
  }
  return {
    begin: (record) => log.begin(record),
    pipeline: () => log.pipeline(),
    head: (task) => log.head(task),
    latest: (task) => log.latest(task),
    append(task, record) {
      const outcome = append(task, record)
      underWay.set(
        task,
        outcome.catch(() => {}),
      )
      return outcome
    },
    async *read(task, after) {
      let at = after
      await underWay.get(task)
      for (;;) {
        const known = recent.get(task) ?? []
        const next = known.find(({ n }) => n === at + 1)
        if (!next) break
        recent.set(
          task,
          known.filter(({ n }) => n > next.n),
        )
        yield next
        at = next.n
      }
      yield* log.read(task, at)
    },
    prune: (task, below) => log.prune(task, below),
    putState: (task, name, bytes) => log.putState(task, name, bytes),
    getState: (task, name) => log.getState(task, name),
    sweepState: (task, head, keep) => log.sweepState(task, head, keep),
  }
}
