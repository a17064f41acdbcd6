import { TicketsError } from '../base/errors.ts'
import type { Json, JsonLike } from '../base/json.ts'
import { isMerged, resolveRunEnd } from '../records/run-end.ts'
import type { RunSummary } from '../records/totals.ts'
import { type BackfillOptions, mergeHere, runBackfill } from './backfill.ts'
import { execute, type RunOptions } from './execute.ts'
import { fillFlows, fillTasks } from './flow-fill.ts'
import { makeContext } from './make-context.ts'
import { type PipelineOptions, type ResolvedOptions, resolveOptions } from './options.ts'
import { type PersonalData, personalData } from './personal-data.ts'
import { prepare } from './prepare.ts'
import { startSinkMaintenance } from './sink-maintenance.ts'

/** A pipeline that is ready to run. */
export interface Pipeline {
  /**
   * Runs until the source ends, `signal` aborts, or a fault is permanent. Resolves when all rows read are committed and visible. Running again resumes
   * from there.
   */
  run(options?: RunOptions): Promise<RunSummary>
  /**
   * Reads messages from before the pipeline's start into the same datasets, with tasks of its own in the same log. `run` may continue meanwhile, here or
   * in another process. The name identifies a backfill: run it again, and it resumes where it stopped, or changes nothing once it is done. It skips
   * what a flow has by another task of the log, or will have, so that no row comes twice.
   *
   * @throws `OPTION_INVALID` before the pipeline's first run, while another backfill is unfinished, for flows that lack different rows, and for sources that cannot
   */
  backfill(options: BackfillOptions): Promise<RunSummary>
  /**
   * Returns which sinks, late rows, dead letters and operators' state hold personal columns: those whose types are marked with
   * `.meta({ personal: true })`, followed through the flows. Opens no source, sink or log.
   *
   * @throws the error of flows that cannot be built; `OPTION_INVALID` for a mark that is neither true nor false
   */
  personalData(): PersonalData
}

/**
 * Creates a pipeline that writes the rows of a source through flows into sinks, exactly once. It runs one task for each partition, and a merge that
 * combines their windows. Nothing starts before `run`.
 *
 * @throws `OPTION_INVALID` for wrong options; `run` rejects with the error that stops it, see docs/reference/errors.md
 * @example
 * await pipeline({ name: 'lake', source: generator({ tickets: 1000 }), log: commitLog('data/log'),
 *   flows: (tickets) => ({ tickets: tickets.pipe(into(parquetSink('data/tickets'))) }) }).run() // { how: 'done', rows: 1000, … }
 */
export function pipeline<T, P extends JsonLike<P>>(options: PipelineOptions<T, P>): Pipeline
// Positions come from the source, pass through the log as JSON, and go back to that source alone.
export function pipeline<T>(options: PipelineOptions<T, Json>): Pipeline {
  const resolved = resolveOptions(options)
  let running = false
  return {
    backfill: (backfill) => runBackfill(options, resolved, backfill),
    personalData: () => personalData(options),
    async run(runOptions = {}) {
      if (running)
        throw new TicketsError(
          'OPTION_INVALID',
          `the pipeline "${options.name}" is running already: wait for it, or make a second one with a log of its own`,
        )
      running = true
      try {
        return await runOnce(options, resolved, runOptions)
      } finally {
        running = false
      }
    },
  }
}

async function runOnce<T>(options: PipelineOptions<T, Json>, resolved: ResolvedOptions, runOptions: RunOptions): Promise<RunSummary> {
  const prepared = await prepare(options, resolved)
  const { source, writers, record, info } = prepared
  const ends = source.until === 'now' ? await resolveRunEnd(options.log, info, writers.merge.length > 0, record.mergeFrom) : null
  const context = await makeContext(options, resolved, prepared, ends)
  const merges = writers.merge.length > 0
  const filling = fillTasks(record)
  const beside = (drain: AbortSignal) => fillFlows(options, resolved, context, record, drain)
  const after = async (drain: AbortSignal) => {
    if (merges && !(await isMerged(options.log, filling))) await mergeHere(context, resolved, filling, drain)
  }
  const endMaintenance = startSinkMaintenance(writers.all, resolved, context.drain)
  try {
    return await execute({ options, resolved, context, ends, merges, runOptions, beside, counted: filling, after })
  } finally {
    await endMaintenance()
  }
}
