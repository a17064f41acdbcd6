import type { FileHandle } from 'node:fs/promises'
import { TicketsError } from '../../base/errors.ts'
import { isWholeObject } from './line-ends.ts'

const LF = 10
const CR = 13
const HEAD = 64 * 1024

/** The files that were warned of: once is enough for a process. */
const warned = new Set<string>()

function isJson(text: Uint8Array): boolean {
  try {
    JSON.parse(new TextDecoder('utf-8', { ignoreBOM: true }).decode(text))
    return true
  } catch {
    return false
  }
}

const isUtf16 = ([a, b]: Uint8Array) =>
  (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff) || (b === 0 && (a === 0x7b || a === 0x5b)) || (a === 0 && (b === 0x7b || b === 0x5b))

/** Whether the first thing is an array that does not end with its line, or with the file: not one odd line among others. */
function isArray(head: Uint8Array, size: number): boolean {
  const bare = head[0] === 0xef ? head.subarray(3) : head
  const start = bare.findIndex((byte) => byte > 0x20)
  if (bare[start] !== 0x5b) return false
  const end = bare.indexOf(LF, start)
  if (end < 0) return true
  return !isJson(bare.subarray(start, end)) || (head.length === size && bare.subarray(end).every((byte) => byte <= 0x20))
}

/** Why nothing is read of a file without any line feed; null where all is well. */
function oneLine(head: Uint8Array, size: number): string | null {
  if (size === 0 || head.includes(LF)) return null
  if (head.includes(CR)) return "its lines end in CR alone: write LF, as in tr '\\r' '\\n'"
  if (size <= HEAD && isWholeObject(head)) return null
  if (
    Buffer.from(head.buffer, head.byteOffset, head.length)
      .toString('latin1')
      .search(/\}\s*\{/) >= 0
  )
    return "its objects stand in one line: write one a line, as in jq -c '.'"
  // A first line that is being written, or a huge one.
  return size > HEAD ? null : 'it has no line feed, so that its only line may still grow: end each line with LF'
}

/**
 * Looks at how a file begins: what would be read as no rows at all, without a word, is refused or warned of.
 *
 * @throws `SOURCE_FAILED`, saying how to convert it: UTF-16, a JSON array
 */
export async function checkForm(path: string, handle: FileHandle, size: number): Promise<void> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(HEAD, size)), 0, Math.min(HEAD, size), 0)
  const head = new Uint8Array(buffer.buffer, buffer.byteOffset, bytesRead)
  const refuse = (what: string) => new TicketsError('SOURCE_FAILED', `${path} is not JSON Lines: ${what}`)
  if (isUtf16(head)) throw refuse('it is UTF-16: write UTF-8, as in iconv -f UTF-16 -t UTF-8')
  if (isArray(head, size)) throw refuse("it is one JSON array: write one object a line, as in jq -c '.[]'")
  const why = oneLine(head, size)
  if (why === null || warned.has(path)) return
  warned.add(path)
  process.emitWarning(`no row may be read of ${path}: ${why}`, { type: 'TicketsWarning', code: 'TICKETS_NO_LINES' })
}
