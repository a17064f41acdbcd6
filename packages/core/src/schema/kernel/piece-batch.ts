import { type Batch, type Decoded, internals, join, pick, type Schema } from '../../batch/batch.ts'
import { dataOf } from '../../batch/data.ts'
import type { DecodeOptions, Slices } from '../../batch/message.ts'
import type { ColumnCut } from '../../store/stores.ts'
import { noteValidTexts } from '../../store/valid-texts.ts'
import { metadataOf } from '../batch-decoder.ts'
import type { PackedMessages } from './pack-messages.ts'
import type { DecodedPiece } from './piece.ts'

/** The odd messages of a piece, and what lies around all of its messages, by their numbers. */
export interface OddMessages extends PackedMessages {
  readonly timestamps?: Float64Array
  keyOf?(i: number): Uint8Array | null
}

/** Returns the odd messages as slices with their numbers among the odd ones as offsets. */
function oddSlices(messages: OddMessages, odd: Int32Array): Slices {
  const { bytes, starts, ends, timestamps } = messages
  return {
    bytes,
    starts,
    ends,
    offsets: Float64Array.from(odd, (_, k) => k),
    ...(timestamps ? { timestamps: Float64Array.from(odd, (i) => timestamps[i] as number) } : {}),
    ...(messages.keyOf ? { keyOf: (k) => messages.keyOf?.(odd[k] as number) ?? null } : {}),
  }
}

/** Returns the offsets of the messages that are not odd. */
function offsetsOfRows(offsets: Float64Array, { rows, odd }: DecodedPiece): Float64Array {
  if (odd.length === 0) return offsets
  const out = new Float64Array(rows)
  let row = 0
  let next = 0
  for (let i = 0; i < rows + odd.length; i++)
    if (i === odd[next]) next++
    else out[row++] = offsets[i] as number
  return out
}

/** Puts the rows of odd messages between the others. `rare` has their numbers among the odd ones as offsets. */
function merged<T>(batch: Batch<T>, rare: Batch<T>, odd: Int32Array, offsets: Float64Array): Batch<T> {
  const places = internals.metadata(rare)?.offsets as Float64Array
  const order = new Int32Array(batch.length + rare.length)
  const positions = new Float64Array(order.length)
  let [row, nextOdd, nextRare] = [0, 0, 0]
  for (let i = 0, to = 0; to < order.length; i++) {
    const isOdd = i === odd[nextOdd]
    const hasRow = !isOdd || places[nextRare] === nextOdd
    if (hasRow) {
      order[to] = isOdd ? batch.length + nextRare++ : row++
      positions[to++] = offsets[i] as number
    }
    if (isOdd) nextOdd++
  }
  const all = pick(join([batch, rare]), order)
  return internals.make(batch.schema, internals.columns(all), order.length, metadataOf(positions))
}

/**
 * Makes the batch of a piece: decodes its odd messages as `schema.decodeSlices` does, and puts their rows in their places.
 *
 * @param offsets the positions of all messages of the piece
 */
export function pieceBatch<T>(
  schema: Schema<T>,
  piece: DecodedPiece,
  offsets: Float64Array,
  messages: OddMessages,
  options: DecodeOptions,
): Decoded<T> {
  const { rows, odd, columns } = piece
  const data = schema.fields.map((field, f) => dataOf(field, rows, columns[f] as ColumnCut))
  for (const column of data) noteValidTexts(column)
  const batch = internals.make(schema, data, rows, metadataOf(offsetsOfRows(offsets, piece)))
  if (odd.length === 0) return { batch, rejected: [], unmapped: 0 }
  const rare = schema.decodeSlices(oddSlices(messages, odd), options)
  return {
    batch: rare.batch.length === 0 ? batch : merged(batch, rare.batch, odd, offsets),
    rejected: rare.rejected.map((message) => ({ ...message, offset: offsets[odd[message.offset] as number] as number })),
    unmapped: rare.unmapped,
  }
}
