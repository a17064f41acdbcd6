import type { RowPlan } from '../../schema/fast-decoder/rules.ts'
import type { PackedMessages } from '../../schema/kernel/pack-messages.ts'
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

/** Lines to read and decode: the next ones of a file, up to a number of rows or bytes. */
export interface LinesToRead extends Pick<MessagePiece, 'maxFuture' | 'latest'> {
  /** Names the reading of one file, which continues from request to request. */
  readonly reading: number
  /** The file, which this thread keeps open until the last answer. */
  readonly fd: number
  /** Where a thread begins that does not know the reading yet. */
  readonly from: number
  readonly stop: number
  readonly rows: number
  readonly bytes: number
}

/** To the thread: decode this. The plan comes with the first piece of its schema. */
export interface DecodeJob {
  readonly id: number
  readonly schema: number
  readonly plan: ThreadPlan | null
  readonly piece: Piece | LinesToRead
  /** The numbers of the fields whose texts should be numbered. */
  readonly wanted: readonly number[]
  /** Memory of earlier answers that nobody reads any more; it is transferred. */
  readonly spare: readonly ArrayBuffer[]
}

/** To the thread: return from reading for a job with what there is, at once; forget a reading, after the jobs before. */
export type ThreadOrder = { readonly hurry: number } | { readonly forget: number }

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

/** The lines of a file that a thread has read. */
export interface ReadLines {
  /** Where each of them begins in the file. */
  readonly offsets: Float64Array<ArrayBuffer>
  /** The odd ones. */
  readonly odd: PackedMessages
  /** The byte behind the last line. */
  readonly position: number
  /** The file ends before its stop. */
  readonly isShort: boolean
}

/** From the thread: the rows of a piece, whose memory is transferred; null where the thread does not know the schema, or failed to read. */
export interface DecodeAnswer {
  readonly id: number
  readonly decoded: DecodedPiece | null
  readonly texts: readonly NumberedTexts[]
  /** The lines, where there were lines to read. */
  readonly lines: ReadLines | null
  /** Why the file could not be read. */
  readonly failure: { readonly message: string; readonly code: string | undefined } | null
}
