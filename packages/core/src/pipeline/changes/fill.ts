import { TicketsError } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import { byName } from '../../base/own-names.ts'
import type { CommitLog } from '../../connectors/commit-log.ts'
import type { Source, SourceInfo } from '../../connectors/source.ts'
import { type Flows, Graph } from '../../dataflow/graph.ts'
import { type Backfill, backfillsOf, backfillTask } from '../../records/backfill-record.ts'
import { flowOf } from '../../records/operator-state-record.ts'
import type { ChangedRecord, OpenChange, Standpoint } from './change-record.ts'

/** Flow → the operator that keeps a backfill from giving exactly what the flow had given from the beginning. */
export type Unfillable = Readonly<Record<string, string>>

/** Operators that remember nothing beyond the end of a range. */
const FORGETFUL = /^toBatches\(/

/**
 * Returns the flows whose results depend on the order of all rows of a partition: what a task remembers does not cross the edge of a backfill.
 * Windows that the merge puts together do.
 */
export function unfillable<T>({ stateful, aggregations, mergeStage }: Pick<Graph<T>, 'stateful' | 'aggregations' | 'mergeStage'>): Unfillable {
  const found = byName<string>()
  for (const [name, { id }] of [...stateful, ...mergeStage]) if (!aggregations.has(name) && !FORGETFUL.test(id)) found[flowOf(name)] ??= id
  return found
}

/** Refuses flows that a backfill could not fill without the others of a pipeline. */
export type CheckShared = (flows: readonly string[]) => void

/**
 * Returns what refuses flows that share an operator with memory with an earlier flow which is not among them, by `share()`. That memory has the earlier
 * flow's name: a backfill of the later one alone would begin another, which no run and no merge continues.
 */
export function sharedCheck<T>(schema: Source<T>['schema'], flows: Flows<T>, whole: Pick<Graph<T>, 'stateful' | 'mergeStage'>): CheckShared {
  return (names) => {
    const part = new Graph('task', schema, onlyFlows(flows, names))
    part.close()
    for (const [name, { id }] of [...part.stateful, ...part.mergeStage])
      if (!whole.stateful.has(name) && !whole.mergeStage.has(name) && !FORGETFUL.test(id))
        throw new TicketsError(
          'OPTION_INVALID',
          `the flow "${flowOf(name)}" cannot be filled by a backfill: it shares its operator "${id}" with a flow that is not filled with it. Give it an operator of its own instead of \`share()\`, or run it from the beginning as a pipeline with a log and targets of its own`,
        )
  }
}

/** Returns the same flows without the others. */
export function onlyFlows<T>(all: Flows<T>, flows: readonly string[]): Flows<T> {
  return (rows) => Object.fromEntries(Object.entries(all(rows)).filter(([flow]) => flows.includes(flow)))
}

/**
 * Refuses to fill what a backfill could not fill exactly, before the change is recorded.
 *
 * @throws `OPTION_INVALID`
 */
export function checkFillable(
  flow: string,
  unfit: Unfillable,
  source: Pick<Source<unknown, Json>, 'name' | 'backfill'>,
  info: SourceInfo<Json>,
): void {
  const refuse = (why: string) => {
    throw new TicketsError(
      'OPTION_INVALID',
      `the flow "${flow}" cannot be filled by a backfill: ${why}. Let it join from where the pipeline stands (changes: { added: 'current' }), or run it from the beginning as a pipeline with a log and targets of its own`,
    )
  }
  const operator = byName(unfit)[flow]
  if (operator !== undefined) refuse(`its operator "${operator}" remembers rows, and what a backfill remembers does not reach the rows after it`)
  if (!source.backfill) refuse(`${source.name} cannot be read from an earlier place while it runs; kafkaSource can`)
  const odd = info.partitions.find(({ earliest, end }) => typeof earliest !== 'number' || typeof end !== 'number')
  if (odd) refuse(`the positions of ${odd.id} are no numbers, so that ranges of it cannot be compared`)
  const tasks = info.partitions.map(({ id }) => backfillTask(id, 'any'))
  const twice = info.partitions.find((_, i) => tasks.indexOf(tasks[i] as string) < i)
  if (twice) refuse(`${twice.id} differs from another partition in -0 alone, so that both would share one task`)
}

/** Returns what the flows of a change get of what lies before: of each partition all there is, up to where the change fenced its task. */
export async function fillOf(
  log: CommitLog,
  record: ChangedRecord,
  { n, change: { filled = [] } }: OpenChange,
  { heads }: Standpoint,
  { partitions }: SourceInfo<Json>,
): Promise<{ readonly fill?: Backfill }> {
  if (filled.length === 0) return {}
  const after = (await backfillsOf(log)).map(({ name }) => name)
  const names = [...after, ...record.fills.map((one) => one.name)]
  let name = `change_${n}`
  while (names.includes(name) || partitions.some(({ id }) => partitions.some((one) => one.id === backfillTask(id, name)))) name += '_'
  const parts = partitions.flatMap(({ id, earliest }) => {
    const to = byName(heads)[id]?.to
    if (typeof earliest !== 'number' || typeof to !== 'number' || earliest >= to) return []
    return [{ task: backfillTask(id, name), partition: id, from: earliest, to }]
  })
  return { fill: { name, flows: filled, parts, after } }
}
