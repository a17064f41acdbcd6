import { messageOf } from '../base/errors.ts'
import { codeOf, logEvent } from '../base/log/log-events.ts'
import type { WriterSpec } from '../commit/writers.ts'
import type { DrainDeadline } from '../tasks/drain-deadline.ts'
import type { ResolvedOptions } from './options.ts'

/**
 * Lets sinks do what they do beside a run (`Sink.maintain`). Its failures are logged and stop nothing.
 *
 * @returns ends it: settles when all of them have, or at the drain's deadline, since what is cut off there must be harmless
 */
export function startSinkMaintenance(
  outputs: readonly Pick<WriterSpec, 'flow' | 'sink'>[],
  { clock, logger }: Pick<ResolvedOptions, 'clock' | 'logger'>,
  drain: Pick<DrainDeadline, 'wait'>,
): () => Promise<void> {
  const over = new AbortController()
  const work = outputs.map(async ({ flow, sink }) => {
    try {
      await sink.maintain?.({ clock, logger, signal: over.signal })
    } catch (error) {
      const message = `what the sink of flow "${flow}" does beside the pipeline has stopped, the pipeline continues: ${messageOf(error)}`
      logEvent(logger, 'sink.maintenance_stopped', { flow, code: codeOf(error), err: error }, message)
    }
  })
  return async () => {
    over.abort()
    await drain.wait(Promise.all(work))
  }
}
