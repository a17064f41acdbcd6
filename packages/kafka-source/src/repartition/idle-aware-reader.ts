import type { Logger, Reader } from '@tickets/core'
import { logEvent } from '@tickets/core/internal'
import type { Upstream } from './upstream.ts'

export interface IdleAwareReaderOptions {
  readonly partition: string
  readonly upstream: Upstream
  /** Whether it ends when everything upstream has ended. */
  readonly ends: boolean
  readonly logger: Logger | undefined
  /** Milliseconds without progress before the warning. Default: one minute. */
  readonly warnAfter?: number
}

/** Wraps a reader: it may end with the tasks upstream, and it warns once when windows wait for one of them. */
export function idleAwareReader<T>(
  reader: Reader<T, number>,
  { partition, upstream, ends, logger, warnAfter = 60_000 }: IdleAwareReaderOptions,
): Reader<T, number> {
  let isAtEnd = false
  let moved = performance.now()
  let last = upstream.watermark
  let isWarned = false
  const check = (lag: number | null) => {
    if (upstream.watermark !== last || lag !== 0) {
      moved = performance.now()
      last = upstream.watermark
      isWarned = false
    } else if (!isWarned && performance.now() - moved >= warnAfter && upstream.slowest.length > 0) {
      isWarned = true
      const waiting = upstream.slowest
      const message = `windows of ${partition} wait for ${waiting.join(', ')} upstream: the watermark has stood since ${warnAfter / 1000} s`
      logEvent(logger, 'kafka.windows_waiting', { partition, waiting, stoodMs: warnAfter }, message)
    }
  }
  return {
    async read(max) {
      if (ends && isAtEnd && upstream.ended) return 'end'
      const chunk = await reader.read(max)
      if (chunk === 'end') return chunk
      check(chunk.lag)
      // The transaction that carried the last mark ends in a control record, which is passed first.
      isAtEnd = chunk.lag === 0 && chunk.batch.length === 0
      return chunk
    },
    commit: async (position, note) => reader.commit?.(position, note),
    close: () => reader.close(),
  }
}
