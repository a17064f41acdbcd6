import { messageOf, type Sink, type Storage } from '@tickets/core'
import { codeOf, logEvent, positiveMillis } from '@tickets/core/internal'
import type { CompactEvery } from '../../files/maintenance.ts'
import { checked, compact } from './compact.ts'
import { finishRecorded } from './finish-recorded.ts'

/** How the files of a dataset become fewer. */
export interface Compacting {
  /** Finishes what was cut off. */
  finish(dataset: Storage): Promise<void>
  compact(
    dataset: Storage,
    options: { readonly targetFileSize?: number; readonly gently: boolean; readonly signal: AbortSignal },
  ): Promise<{ readonly merged: number; readonly written: number }>
}

const lake: Compacting = { finish: finishRecorded, compact }

/**
 * Compacts a dataset beside a pipeline, as `Sink.maintain`. A file is left alone until those beside it are as large together, so that each row is
 * rewritten a few times only. What it did is logged at `info`, what failed at `warn`, and tried again the next time.
 *
 * @throws `OPTION_INVALID` for an option that makes no sense
 */
export function compactEvery(
  dataset: Storage,
  { every, targetFileSize }: CompactEvery,
  how: Compacting = lake,
): NonNullable<Sink<never>['maintain']> {
  const pause = positiveMillis(every, 'compact.every')
  const options = { ...(targetFileSize === undefined ? {} : { targetFileSize }), gently: true }
  checked(options)
  const target = dataset.location
  return async ({ clock, logger, signal }) => {
    const failed = (what: string, error: unknown) => {
      const message = `${what} failed, and is tried again in about ${pause} ms: ${messageOf(error)}`
      logEvent(logger, 'compaction.failed', { target, pauseMs: pause, code: codeOf(error), err: error }, message)
    }
    // Not after the first pause only: readers that glob see rows twice until then.
    await how.finish(dataset).catch((error: unknown) => failed(`finishing a compaction of ${target} that was cut off`, error))
    while (!signal.aborted) {
      // Processes that started together should not all do the same work.
      await clock.sleep(Math.round(pause * (0.9 + Math.random() / 5)), signal)
      if (signal.aborted) return
      try {
        const { merged, written } = await how.compact(dataset, { ...options, signal })
        if (written > 0) logEvent(logger, 'compaction.done', { target, merged, written }, `compacted ${target}: ${merged} files became ${written}`)
      } catch (error) {
        failed(`compacting ${target}`, error)
      }
    }
  }
}
