import type { WriterSpec } from '../commit/writers.ts'
import { DEAD_LETTERS, DeadLetter } from '../connectors/dead-letter.ts'
import { LateRow } from '../connectors/late-row.ts'
import type { Sink } from '../connectors/sink.ts'
import type { Graph } from '../dataflow/graph.ts'

/** The output for late rows of a `windowed` without a sink of its own. */
export const LATE = '@late'

/** Returns the output of the late rows of one operator, `<flow>/<id>`, that has a sink of its own for them. */
export const lateOutput = (operator: string) => `${LATE}:${operator}`

/** The outputs that the tasks and the merge of a run write. */
export interface RunWriters {
  /** The outputs of each task: flows without a merge stage, late rows, dead letters. */
  readonly task: readonly WriterSpec[]
  /** The outputs of the merge: flows that end after an aggregation. Empty without one. */
  readonly merge: readonly WriterSpec[]
  /** All outputs, each once. */
  readonly all: readonly WriterSpec[]
}

/** The sinks that all flows share. */
interface SharedSinks {
  readonly late?: Sink<LateRow> | undefined
  readonly deadLetters?: Sink<DeadLetter> | undefined
}

/** Returns what tasks and merge write, by a graph of the flows. */
export function writersOf<T>(graph: Pick<Graph<T>, 'ends' | 'lateSinks' | 'mergeStage'>, { late, deadLetters }: SharedSinks): RunWriters {
  const task = ownWriters(graph, false)
  const ofMerge = ownWriters(graph, true)
  if (late) task.push({ flow: LATE, sink: late as Sink<unknown>, schema: LateRow })
  if (!deadLetters) return { task, merge: ofMerge, all: [...task, ...ofMerge] }
  const letters = { flow: DEAD_LETTERS, sink: deadLetters as Sink<unknown>, schema: DeadLetter }
  task.push(letters)
  // The tasks write the empty first file of dead letters, so that the merge need not.
  const merge = ofMerge.length > 0 ? [...ofMerge, { ...letters, sparse: true }] : []
  return { task, merge, all: [...task, ...ofMerge] }
}

/** The flows, and the late rows with a sink of their own, of the tasks or of the merge. */
function ownWriters<T>({ ends, lateSinks, mergeStage }: Pick<Graph<T>, 'ends' | 'lateSinks' | 'mergeStage'>, inMerge: boolean): WriterSpec[] {
  const specs: WriterSpec[] = []
  for (const { flow, sink, schema, inMergeStage } of ends) if (schema && inMergeStage === inMerge) specs.push({ flow, sink, schema })
  for (const [operator, sink] of lateSinks)
    if (sink && mergeStage.has(operator) === inMerge) specs.push({ flow: lateOutput(operator), sink: sink as Sink<unknown>, schema: LateRow })
  return specs
}
