import type { Schema } from '../batch/batch.ts'
import type { Sink } from '../connectors/sink.ts'
import { type Flows, Graph } from '../dataflow/graph.ts'
import { PersonalFindings } from '../dataflow/personal-trace.ts'
import { sourceMarks } from '../schema/personal/own-marks.ts'
import { joinMarks, type PersonalForm, type PersonalMarks } from '../store/personal-marks.ts'

/** A personal column, and how it stands there. */
export interface PersonalColumn {
  /** Its name, or the path of a nested member; `<path> (keys)` for the keys of a map. */
  readonly column: string
  readonly form: PersonalForm
}

/** Which personal columns one place of a pipeline holds. */
export interface PersonalPlace {
  /**
   * `source`: the messages. `flow`: the rows of a flow's sink. `late` and `dead letters`: rows in those sinks. `log`: the state of an operator in the
   * records.
   */
  readonly place: 'source' | 'flow' | 'late' | 'dead letters' | 'log'
  /** The name of the source or of the flow; `<flow>/<operator>` of late rows and of state; empty for dead letters. */
  readonly name: string
  /** The target of the sink; null where the place has none. */
  readonly target: string | null
  readonly columns: readonly PersonalColumn[]
}

/** Which places of a pipeline hold personal data. */
export interface PersonalData {
  readonly pipeline: string
  /** In the order of the pipeline: the source, flows, late rows, dead letters, the log. Places without personal columns are among them, for what they hold none of. */
  readonly places: readonly PersonalPlace[]
}

/** What of a pipeline's options says where personal data goes. */
interface Looked<T> {
  readonly name: string
  readonly source: { readonly name: string; readonly schema: Schema<T> }
  readonly flows: Flows<T>
  readonly late?: Sink<never> | undefined
  readonly deadLetters?: Sink<never> | undefined
}

/** Returns which places of a pipeline hold personal data. Opens no source, sink or log. */
export function personalData<T>({ name, source, flows, late, deadLetters }: Looked<T>): PersonalData {
  const read = sourceMarks(source.schema)
  const findings = new PersonalFindings({ zod: source.schema.zod, marks: read })
  const graph = new Graph('task', source.schema, flows, { personal: findings })
  graph.close()
  const place = (kind: PersonalPlace['place'], of: string, target: string | null, marks: PersonalMarks): PersonalPlace => ({
    place: kind,
    name: of,
    target,
    columns: [...marks].map(([column, form]) => ({ column, form })),
  })
  const ends = graph.ends.map((end) => ({ ...end, marks: end.personal ?? (new Map() as PersonalMarks) }))
  const lateSinks = [...findings.late].flatMap(([operator, marks]) => {
    const sink = graph.lateSinks.get(operator) ?? late
    return sink ? [place('late', operator, sink.target, marks)] : []
  })
  // A message is kept as it came; a row that a sink cannot take, as it got there.
  const letters = deadLetters ? [place('dead letters', '', deadLetters.target, joinMarks([read, ...ends.map(({ marks }) => marks)]))] : []
  return {
    pipeline: name,
    places: [
      place('source', source.name, null, read),
      ...ends.map(({ flow, sink, marks }) => place('flow', flow, sink.target, marks)),
      ...lateSinks,
      ...letters,
      ...[...findings.remembered].map(([operator, marks]) => place('log', operator, null, marks)),
    ],
  }
}
