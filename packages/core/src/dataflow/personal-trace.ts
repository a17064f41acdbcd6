import { type Batch, internals } from '../batch/batch.ts'
import { carriedMarks } from '../schema/personal/carried-marks.ts'
import { joinMarks, type MarkedRows, type PersonalMarks } from '../store/personal-marks.ts'

/** Asks the operators of a flow which personal columns they pass on, and which they hold. */
export interface PersonalTrace {
  /** Returns an empty batch with the marks of its own schema; anything else as it is. */
  marked<A>(value: A): A
  /** Returns the personal columns of an empty batch. */
  marksOf(batch: Batch<unknown>): PersonalMarks
  /** Notes what the state of an operator holds, and with it the log. */
  remembers(operator: string, marks: PersonalMarks): void
  /** Notes what the late rows of an operator hold. */
  late(operator: string, marks: PersonalMarks): void
}

/** What the operators of all flows hold, by `<flow>/<id>`. */
export class PersonalFindings {
  readonly remembered = new Map<string, PersonalMarks>()
  readonly late = new Map<string, PersonalMarks>()
  readonly #source: MarkedRows

  /** @param source the rows that the flows begin with */
  constructor(source: MarkedRows) {
    this.#source = source
  }

  /** Returns the trace of one flow. */
  trace(flow: string): PersonalTrace {
    // Rows whose way is not known, such as those of a `map` of the user's own, were made of those of the source.
    const marksOf = (batch: Batch<unknown>) => carriedMarks(internals.metadata(batch)?.personal ?? this.#source, batch.schema)
    const note = (all: Map<string, PersonalMarks>) => (operator: string, marks: PersonalMarks) => {
      const name = `${flow}/${operator}`
      all.set(name, joinMarks([all.get(name) ?? new Map(), marks]))
    }
    return {
      marked: (value) => (internals.isBatch(value) && value.length === 0 ? (remade(value, marksOf(value)) as never) : value),
      marksOf,
      remembers: note(this.remembered),
      late: note(this.late),
    }
  }
}

const NONE = { watermarks: new Float64Array(0), offsets: new Float64Array(0) }

function remade(batch: Batch<unknown>, marks: PersonalMarks): Batch<unknown> {
  const metadata = { ...(internals.metadata(batch) ?? NONE), personal: { zod: batch.schema.zod, marks } }
  return internals.make(batch.schema, internals.columns(batch), 0, metadata, internals.origin(batch))
}
