import type { ColumnCut } from '../../store/stores.ts'

/** Messages that lie in one buffer, and the limits of their event times. */
export interface MessagePiece {
  readonly bytes: Uint8Array
  /** Where each message begins and ends in `bytes`. A tombstone ends before its start. */
  readonly starts: Int32Array
  readonly ends: Int32Array
  /** The messages' own times in epoch milliseconds, NaN where one has none. */
  readonly timestamps: Float64Array | null
  /** By how much an event time may be after its message's own time. */
  readonly maxFuture: number
  /** The latest event time that the reference time allows. */
  readonly latest: number
}

/** The rows of the messages that surely are rows, in their order. */
export interface DecodedPiece {
  readonly rows: number
  /** The numbers of the other messages, which only JSON.parse and zod can judge. */
  readonly odd: Int32Array<ArrayBuffer>
  /** Valid until the next piece is decoded. */
  readonly columns: readonly ColumnCut[]
}

export type PieceDecoder = (piece: MessagePiece) => DecodedPiece
