import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { bare } from '../lines/line-reader.ts'

const LF = 10
const CR = 13
const STEP = 64 * 1024

async function bytesAt(handle: FileHandle, from: number, to: number): Promise<Buffer> {
  const bytes = Buffer.alloc(to - from)
  let length = 0
  while (length < bytes.length) {
    const { bytesRead } = await handle.read(bytes, length, bytes.length - length, from + length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return bytes.subarray(0, length)
}

/**
 * Returns whether an unfinished line is a whole JSON object. It cannot be the beginning of a longer one, since no beginning of a JSON object is a
 * JSON object.
 */
export function isWholeObject(line: Uint8Array): boolean {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

/** Returns where the lines end that will not change any more: after the last line end, or at `size` if a whole object follows it. */
export async function endOfLines(handle: FileHandle, size: number): Promise<number> {
  let end = 0
  for (let to = size; to > 0; to -= STEP) {
    const from = Math.max(0, to - STEP)
    const found = (await bytesAt(handle, from, to)).lastIndexOf(LF)
    if (found < 0) continue
    end = from + found + 1
    break
  }
  return end < size && isWholeObject(bare(await bytesAt(handle, end, size), end)) ? size : end
}

/** Returns whether a line can begin at `at`. That is also true at the end of a line that was read before its line end was written. */
export async function isLineStart(handle: FileHandle, at: number): Promise<boolean> {
  if (at === 0) return true
  const [before, after] = await bytesAt(handle, at - 1, at + 1)
  return before === LF || after === undefined || after === LF || after === CR
}

/**
 * Returns an id of the file's content, a hash of its first line; null while it has no whole line.
 *
 * Unlike an inode, the first line stays when the file is copied to another machine. It changes when the file was replaced or its beginning cut
 * off.
 */
export async function fileId(handle: FileHandle): Promise<string | null> {
  const start = await bytesAt(handle, 0, STEP)
  const found = start.indexOf(LF)
  if (found < 0 && start.length < STEP) return null
  return createHash('sha256')
    .update(start.subarray(0, found < 0 ? STEP : found))
    .digest('hex')
    .slice(0, 32)
}
