import type { FileHandle } from 'node:fs/promises'

/** The bytes of a block header, and of the longest frame header. */
const BLOCK = 3
const HEADER = 18
const MAGIC = 0xfd2fb528

async function bytesAt(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, at)
  return buffer.subarray(0, bytesRead)
}

/** A frame that decoders pass over; some programs, such as pzstd, begin a file with one. */
const isSkippableFrame = (magic: number) => magic >>> 4 === 0x184d2a5

/** Returns whether a zstd file, or a frame of one, begins like this. */
export function isFrame(head: Buffer): boolean {
  if (head.length < 4) return false
  const magic = head.readUInt32LE(0)
  return magic === MAGIC || isSkippableFrame(magic)
}

/**
 * Returns where the zstd frame at `start` ends, by its block headers (RFC 8878): Node's decoder ends with the first frame, and does not say where.
 * Throws where the file ends before the frame's last block begins; where it ends within that block, the end lies beyond that of the file.
 */
export async function frameEnd(handle: FileHandle, start: number): Promise<{ end: number; isSkippable: boolean }> {
  const head = await bytesAt(handle, start, HEADER)
  const magic = head.readUInt32LE(0)
  if (isSkippableFrame(magic)) return { end: start + 8 + head.readUInt32LE(4), isSkippable: true }
  if (magic !== MAGIC) throw new Error(`no frame begins at byte ${start}`)
  const descriptor = head.readUInt8(4)
  const isSingle = (descriptor & 0x20) !== 0
  const size = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6] as number
  let at = start + 5 + (isSingle ? 0 : 1) + ([0, 1, 2, 4][descriptor & 3] as number) + size
  for (;;) {
    const block = (await bytesAt(handle, at, BLOCK)).readUIntLE(0, BLOCK)
    // A block of one repeated byte says how often, and has that byte alone.
    at += BLOCK + (((block >> 1) & 3) === 1 ? 1 : block >> 3)
    if (block & 1) return { end: at + (descriptor & 4 ? 4 : 0), isSkippable: false }
  }
}
