import type { RowPlan } from '../../schema/fast-decoder/rules.ts'
import type { DecodedPiece, MessagePiece } from '../../schema/kernel/piece.ts'

/** What a thread has to know of a schema. */
export interface ThreadPlan extends RowPlan {
  /** Names it on this thread and the other. */
  readonly id: number
  /** The column of the event time; -1 where there is none. */
  readonly time: number
}

/** Messages to decode, in memory that both threads see. */
export interface Piece extends MessagePiece {
  readonly bytes: Uint8Array<SharedArrayBuffer>
}

/** To the thread: decode this. The plan comes with the first piece of its schema. */
export interface DecodeJob {
  readonly id: number
  readonly schema: number
  readonly plan: ThreadPlan | null
  readonly piece: Piece
  /** The numbers of the fields whose texts should be numbered. */
  readonly wanted: readonly number[]
}

/** Numbers of the texts of a column, and the texts that are new since the last piece. */
export interface NumberedTexts {
  /** The number of the field. */
  readonly column: number
  /** By row; -1 where a row has no text. */
  readonly numbers: Int32Array<ArrayBuffer>
  /** The number of the first new text. At 0 all numbers begin anew. */
  readonly first: number
  /** Where each new text ends in `bytes`, behind a 0. */
  readonly ends: Int32Array<ArrayBuffer>
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** From the thread: the rows of a piece, whose memory is transferred; null where the thread does not know the schema. */
export interface DecodeAnswer {
  readonly id: number
  readonly decoded: DecodedPiece | null
  readonly texts: readonly NumberedTexts[]
}
