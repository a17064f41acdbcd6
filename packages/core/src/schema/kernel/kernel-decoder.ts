import type { RowPlan } from '../fast-decoder/rules.ts'
import { bytesFor, layColumns, type Room, viewColumns } from './column-blocks.ts'
import { type Kernel, type KernelHelp, loadKernel } from './kernel.ts'
import type { DecodedPiece, MessagePiece, PieceDecoder } from './piece.ts'
import { isKnown, type PlanBlock, putPlan } from './plan-block.ts'
import { twinDecoder } from './twin-decoder.ts'

/** After a piece of more bytes the memory is not kept, since it never shrinks. */
const KEEP_BYTES = 16 << 20
/** Pieces that would take more memory than this are the twin's. */
const MAX_MEMORY_BYTES = 2 ** 30
const MIN_ROOM: Room = { rows: 1024, bytes: 1 << 16, elements: 1024 }
/** What the kernel returns where a list had no room. */
const NO_ROOM = -1
/** What is made larger is made larger by this factor, so that pieces of slightly different sizes find room. */
const SPARE = 1.25

/** The kernel with one plan in its memory, and regions that serve every piece. */
class PlannedKernel {
  readonly #kernel: Kernel
  readonly #plan: PlanBlock
  readonly #time: number
  /** The regions above it depend on the room. */
  readonly #base: number
  /** Bytes that the kernel may read behind the messages: no literal or fixed form of the plan is longer than the plan. */
  readonly #margin: number
  #room: Room = { rows: 0, bytes: 0, elements: 0 }
  /** Addresses of the messages: their bytes, starts, ends and times, and of the numbers of the odd ones. */
  #bytes = 0
  #starts = 0
  #ends = 0
  #timestamps = 0
  #odd = 0

  constructor(kernel: Kernel, plan: RowPlan, time: number, help: KernelHelp) {
    const { top } = kernel.memory
    this.#kernel = kernel
    this.#plan = putPlan(kernel, plan, help)
    this.#time = this.#plan.columns[time]?.at ?? 0
    this.#base = kernel.memory.top
    this.#margin = this.#base - top
  }

  /** Returns the rows of a piece as views of the memory; null where it would take too much. */
  decode(piece: MessagePiece): DecodedPiece | null {
    const { starts, ends, timestamps, bytes, maxFuture, latest } = piece
    const { memory, decode } = this.#kernel
    const count = starts.length
    let elements = Math.max(this.#room.elements, MIN_ROOM.elements)
    while (this.#makeRoom({ rows: count, bytes: bytes.length, elements })) {
      memory.bytes.set(bytes, this.#bytes)
      // No reader passes a zero.
      memory.bytes[this.#bytes + bytes.length] = 0
      memory.ints(this.#starts, count).set(starts)
      memory.ints(this.#ends, count).set(ends)
      if (timestamps) new Float64Array(memory.bytes.buffer, this.#timestamps, count).set(timestamps)
      const times = timestamps ? this.#timestamps : 0
      const rows = decode(this.#plan.at, this.#bytes, this.#starts, this.#ends, count, this.#odd, this.#time, times, maxFuture, latest)
      if (rows === NO_ROOM) elements = this.#room.elements * 2
      else return { rows, odd: memory.ints(this.#odd, count - rows).slice(), columns: viewColumns(memory, this.#plan.columns, rows) }
    }
    return null
  }

  /** Returns false where there would be too much. */
  #makeRoom(needed: Room): boolean {
    const { rows, bytes, elements } = this.#room
    if (needed.rows <= rows && needed.bytes <= bytes && needed.elements <= elements) return true
    const grown = (have: number, need: number, least: number) => (need <= have ? have : Math.max(Math.ceil(need * SPARE), least))
    const room = {
      rows: grown(rows, needed.rows, MIN_ROOM.rows),
      bytes: grown(bytes, needed.bytes, MIN_ROOM.bytes),
      elements: grown(elements, needed.elements, MIN_ROOM.elements),
    }
    if (room.bytes + bytesFor(this.#plan.columns, room) > MAX_MEMORY_BYTES) return false
    const { memory } = this.#kernel
    memory.release(this.#base)
    this.#bytes = memory.take(room.bytes + this.#margin)
    this.#starts = memory.take(4 * room.rows)
    this.#ends = memory.take(4 * room.rows)
    this.#odd = memory.take(4 * room.rows)
    this.#timestamps = memory.take(8 * room.rows)
    layColumns(memory, this.#plan.columns, room)
    this.#room = room
    return true
  }
}

/**
 * Returns the decoder that is compiled, or null where the engine cannot run it, or the plan has a rule that it does not know.
 *
 * @param time the number of the field of the event time; -1 where there is none
 */
export function kernelDecoder(plan: RowPlan, time: number): PieceDecoder | null {
  if (!isKnown(plan)) return null
  const make = () => {
    const help: KernelHelp = { patterns: [], decimals: [] }
    const kernel = loadKernel(help)
    return kernel && new PlannedKernel(kernel, plan, time, help)
  }
  let kept = make()
  if (!kept) return null
  let twin: PieceDecoder | null = null
  return (piece) => {
    const planned = kept ?? make()
    kept = piece.bytes.length > KEEP_BYTES ? null : planned
    const decoded = planned?.decode(piece)
    if (decoded) return decoded
    twin ??= twinDecoder(plan, time)
    return twin(piece)
  }
}

/** Returns the decoder of a plan: compiled, or in TypeScript where there is no other. */
export const pieceDecoder = (plan: RowPlan, time: number): PieceDecoder => kernelDecoder(plan, time) ?? twinDecoder(plan, time)
