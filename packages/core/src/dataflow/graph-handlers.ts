import type { Batch } from '../batch/batch.ts'
import type { LateRow } from '../connectors/late-row.ts'
import type { OnRefused } from '../connectors/refused-rows.ts'
import type { PersonalFindings } from './personal-trace.ts'

/** Receives the output of a graph. */
export interface GraphHandlers {
  /** Takes a batch that reached the sink of a flow. A task gets those of its own flows, the merge those of the flows that it feeds. */
  readonly onOutput?: (flow: string, batch: Batch<unknown>) => void
  /** Takes the late rows of an aggregation, `<flow>/<id>`. */
  readonly onLate?: (operator: string, rows: Batch<LateRow>) => void
  /** Takes rows that a flow made and that cannot be written. By default the first one stops the flow. */
  readonly onRefused?: OnRefused
  /** Takes an error that was thrown outside of a push, where no caller would see it. */
  readonly onFailure?: (error: unknown) => void
  /** Is asked for the personal columns of the flows. A graph with it is only looked at. */
  readonly personal?: PersonalFindings
}
