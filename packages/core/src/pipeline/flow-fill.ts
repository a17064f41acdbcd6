import { TicketsError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import { logEvent } from '../base/log/log-events.ts'
import type { Source } from '../connectors/source.ts'
import { type Backfill, backfillsOf, unfinishedParts } from '../records/backfill-record.ts'
import type { TaskContext } from '../tasks/context.ts'
import { backfillContext } from './backfills/backfill-context.ts'
import { BackfillSource } from './backfills/backfill-source.ts'
import type { ChangedRecord } from './changes/change-record.ts'
import { earlierBackfills } from './changes/coverage.ts'
import { checkOffsets } from './open-log.ts'
import type { PipelineOptions, ResolvedOptions } from './options.ts'
import { Run } from './run.ts'

/** Returns the tasks that backfill flows of this log. */
export const fillTasks = ({ fills }: Pick<ChangedRecord, 'fills'>): string[] => fills.flatMap(({ parts }) => parts.map(({ task }) => task))

/**
 * Reads what flows that joined with `added: 'backfill'` lack, for them alone, beside the tasks of the pipeline. What was read is committed; the next run
 * continues from there. The merge of the pipeline takes it in.
 */
export async function fillFlows<T>(
  { source, log }: PipelineOptions<T, Json>,
  resolved: ResolvedOptions,
  whole: TaskContext<T>,
  record: ChangedRecord,
  drain: AbortSignal,
): Promise<'done' | 'stopped'> {
  for (const fill of record.fills) {
    const open = await unfinishedParts(log, fill)
    if (open.length === 0) continue
    if (drain.aborted) return 'stopped'
    const flows = fill.flows ?? []
    const names = flows.join('", "')
    const counts = { flows, open: open.length, parts: fill.parts.length }
    const begun = `the flow "${names}" is being filled from the beginning: ${open.length} of ${fill.parts.length} partitions are left`
    logEvent(resolved.logger, 'flow.filling', counts, begun)
    const reader = await openReader(source, log, record, fill)
    const earlier = earlierBackfills(await backfillsOf(log), record.fills, fill)
    const context = backfillContext(whole, record, resolved, { source: reader, backfill: fill, open, earlier })
    if ((await new Run(context, resolved, false).run(null, drain)) === 'stopped') return 'stopped'
    logEvent(resolved.logger, 'flow.filled', { flows }, `the flow "${names}" is filled`)
  }
  return 'done'
}

async function openReader<T>(
  source: Source<T, Json>,
  log: PipelineOptions<T, Json>['log'],
  record: ChangedRecord,
  { name, flows = [] }: Backfill,
): Promise<BackfillSource<T>> {
  if (!source.backfill)
    throw new TicketsError(
      'OPTION_INVALID',
      `the flow "${flows.join('", "')}" is not filled yet, and ${source.name} cannot be read from an earlier place: give the pipeline the source it had`,
    )
  const reader = new BackfillSource<T>(source.backfill({ name, from: 'earliest' }), name)
  await checkOffsets(reader, log, await reader.describe(), record)
  return reader
}
