import type { RowPlan } from '../../schema/fast-decoder/rules.ts'
import type { ColumnCut } from '../../store/stores.ts'

/** What a thread has to know of a schema. */
export interface ThreadPlan extends RowPlan {
  /** Names it on this thread and the other. */
  readonly id: number
  /** The column of the event time; -1 where there is none. */
  readonly time: number
}

/** Messages to decode, in memory that both threads see. */
export interface Piece {
  readonly shared: SharedArrayBuffer
  readonly starts: Int32Array
  readonly ends: Int32Array
  readonly timestamps: Float64Array | null
  readonly maxFuture: number
  /** The latest event time that the reference time allows. */
  readonly latest: number
}

/** To the thread: decode this. The plan comes with the first piece of its schema. */
export interface DecodeJob {
  readonly id: number
  readonly schema: number
  readonly plan: ThreadPlan | null
  readonly piece: Piece
}

/** From the thread: the columns of all messages, transferred; null where one of them is not surely a row. */
export interface DecodeAnswer {
  readonly id: number
  readonly columns: readonly ColumnCut[] | null
}
