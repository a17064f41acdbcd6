import type { Json } from '../base/json.ts'
import { type JoinedSource, joinedSource } from '../connectors/joined/joined-source.ts'
import type { Source, SourceInfo } from '../connectors/source.ts'
import { type Flows, Graph } from '../dataflow/graph.ts'
import { checkRequirements } from '../dataflow/requirements.ts'
import type { TaskContext } from '../tasks/context.ts'
import { writersOf } from '../tasks/writer-specs.ts'
import type { ChangedRecord, FlowVersions } from './changes/change-record.ts'
import { type CheckShared, sharedCheck, unfillable } from './changes/fill.ts'
import { fingerprintOf } from './changes/fingerprint.ts'
import { versionFlows } from './changes/flow-versions.ts'
import { openLog } from './open-log.ts'
import type { PipelineOptions, ResolvedOptions } from './options.ts'

/** What a run or a backfill needs before it reads anything. */
export interface Prepared<T> extends Pick<TaskContext<unknown>, 'writers' | 'requirements'> {
  /** The flows under the names that the log has for them. */
  readonly flows: Flows<T>
  /** What tasks read: the pipeline's source, with those that its flows join. */
  readonly source: Source<T, Json> & Partial<Pick<JoinedSource<T>, 'inputsOf'>>
  readonly record: ChangedRecord
  readonly checkShared: CheckShared
  readonly info: SourceInfo<Json>
}

/**
 * Inspects the flows, checks the source against them, and begins or opens the log: the same steps for a run and a backfill.
 *
 * @param check of a backfill: refuses flows that cannot do what is asked for, before anything is touched
 */
export async function prepare<T>(
  options: PipelineOptions<T, Json>,
  { clock, time }: ResolvedOptions,
  check?: (graph: Graph<T>, versions: FlowVersions) => void,
): Promise<Prepared<T>> {
  const { name, log, changes } = options
  const { flows, versions } = await versionFlows(options)
  const graph = new Graph('task', options.source.schema, flows)
  graph.close()
  check?.(graph, versions)
  const { requirements, inputs } = graph
  const source = inputs.sources.size > 0 ? joinedSource(options.source, inputs.sources, { clock, ...time }) : options.source
  if (requirements.size > 0) checkRequirements(graph, source, (await source.describe()).partitions.length)
  const writers = writersOf(graph, options)
  const fingerprint = fingerprintOf(graph, source.schema)
  const checkShared = sharedCheck(source.schema, flows, graph)
  const { record, info } = await openLog({
    name,
    source,
    log,
    outputs: writers.all,
    fingerprint,
    clock,
    changes,
    versions,
    merges: writers.merge.length > 0,
    unfit: unfillable(graph),
    checkShared,
    isBackfill: check !== undefined,
  })
  return { flows, source, writers, requirements, record, info, checkShared }
}
