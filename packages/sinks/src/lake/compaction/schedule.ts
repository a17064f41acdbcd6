import { messageOf, millis, type Sink, type Storage, TicketsError } from '@tickets/core'
import { codeOf, logEvent } from '@tickets/core/internal'
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
  const pause = millis(every, 'compact.every')
  if (pause === 0) throw new TicketsError('OPTION_INVALID', `compact.every is a duration greater than 0, got ${JSON.stringify(every)}`)
  const options = { ...(targetFileSize === undefined ? {} : { targetFileSize }), gently: true }
  checked(options)
  const target = dataset.location
  return async ({ clock, logger, signal }) => {
    // Not after the first pause only: readers that glob see rows twice until then.
    await how.finish(dataset).catch((error: unknown) => {
      const message = `finishing a compaction of ${target} that was cut off failed, and is tried again in about ${pause} ms: ${messageOf(error)}`
      logEvent(logger, 'compaction.failed', { target, pauseMs: pause, code: codeOf(error), err: error }, message)
    })
    while (!signal.aborted) {
      // Processes that started together should not all do the same work.
      await clock.sleep(Math.round(pause * (0.9 + Math.random() / 5)), signal)
      if (signal.aborted) return
      try {
        const done = await how.compact(dataset, { ...options, signal })
        const { merged, written } = done
        if (written > 0) logEvent(logger, 'compaction.done', { target, merged, written }, `compacted ${target}: ${merged} files became ${written}`)
      } catch (error) {
        const message = `compacting ${target} failed, and is tried again in about ${pause} ms: ${messageOf(error)}`
        logEvent(logger, 'compaction.failed', { target, pauseMs: pause, code: codeOf(error), err: error }, message)
      }
    }
  }
}
