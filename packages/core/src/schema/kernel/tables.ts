import * as block from '../../../assembly/field-block.ts'
import type { KernelMemory } from '../../kernels/memory.ts'
import { isPlain } from '../fast-decoder/read.ts'
import type { ByteRange, Sequence } from '../fast-decoder/sequence.ts'

const encoder = new TextEncoder()
/** Bytes of one load of the kernel. */
const LOAD = 16
/** Any byte lies in it. */
const ANY: ByteRange = [0, 0xff]

/** Writes a text as the kernel compares it: pairs of 16 bytes and of 16 bytes that select those which count. */
export function putLiteral(memory: KernelMemory, text: string): { readonly at: number; readonly length: number } {
  const bytes = encoder.encode(text)
  const pairs = new Uint8Array(2 * LOAD * Math.ceil(bytes.length / LOAD))
  for (const [i, byte] of bytes.entries()) {
    const at = 2 * LOAD * Math.floor(i / LOAD) + (i % LOAD)
    pairs[at] = byte
    pairs[at + LOAD] = 0xff
  }
  return { at: memory.put(pairs), length: bytes.length }
}

/** Writes names, of keys or of the members of an enum. The kernel enters them into the slots. */
export function putNames(memory: KernelMemory, names: readonly string[]): number {
  // Half of the slots at least stay free, so that a search is short and ends.
  const slots = 2 ** Math.ceil(Math.log2(Math.max(2, names.length * 2)))
  const at = memory.take(block.NAMES_BYTES)
  const slotsAt = memory.take(4 * slots)
  memory.ints(slotsAt, slots).fill(-1)
  const entries = new Int32Array((names.length * block.LITERAL_BYTES) / 4)
  let longest = 0
  for (const [i, name] of names.entries()) {
    // What JSON has to escape, or UTF-8 cannot hold, is never found.
    if (!isPlain(name)) continue
    const literal = putLiteral(memory, `"${name}"`)
    longest = Math.max(longest, literal.length)
    entries.set([literal.at, literal.length, memory.put(encoder.encode(`"${name}"`))], (i * block.LITERAL_BYTES) / 4)
  }
  const literals = memory.put(new Uint8Array(entries.buffer))
  memory.ints(at, block.NAMES_BYTES / 4).set([slotsAt, slots - 1, literals, names.length, longest])
  return at
}

/** Writes a fixed form of text and which one is tried next. Returns its address; that of the next one where no text has this form. */
export function putSequence(memory: KernelMemory, { length, positions }: Sequence, next: number): number {
  if (positions.some((ranges) => ranges.length === 0)) return next
  const ranges = Math.max(...positions.map((list) => list.length))
  const blocks = Math.ceil(length / LOAD)
  // The last block overlaps the one before; one that is longer than the text lets any byte follow.
  const starts = Int32Array.from({ length: blocks }, (_, b) => Math.max(0, Math.min(b * LOAD, length - LOAD)))
  const table = new Uint8Array(blocks * ranges * 2 * LOAD)
  for (const [b, start] of starts.entries())
    for (let r = 0; r < ranges; r++)
      for (let k = 0; k < LOAD; k++) {
        const list = positions[start + k] ?? [ANY]
        // A range that a position does not have is its first one again.
        const [low, high] = (list[r] ?? list[0]) as ByteRange
        const at = (b * ranges + r) * 2 * LOAD + k
        table[at] = low
        table[at + LOAD] = high - low
      }
  const [startsAt, tableAt] = [memory.put(new Uint8Array(starts.buffer)), memory.put(table)]
  return memory.put(new Uint8Array(Int32Array.of(length, blocks, ranges, startsAt, tableAt, next).buffer))
}
