import type { Lines } from './lines.ts'

const LF = 10
const CR = 13
const MIN_READ_BYTES = 64 * 1024
const MAX_READ_BYTES = 1024 * 1024

/** Why `take` returned: the limits are reached, the stop is, or the file ends before it. */
export type Stopped = 'full' | 'stop' | 'short'

/** What is read of a file: `FileHandle` has it. */
export interface ReadableFile {
  /** Reads up to `length` bytes from byte `position` of the file on. */
  read(into: Buffer, at: number, length: number, position: number): Promise<{ readonly bytesRead: number }>
}

export interface TakeLimit {
  readonly rows: number
  readonly bytes: number
  /** Asked before each access to the file. */
  readonly expired: () => boolean
}

/** Returns where a line begins after the byte order mark of its file, which is no part of a message. */
function bareStart(bytes: Uint8Array, start: number, end: number, offset: number): number {
  return offset === 0 && start + 3 <= end && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf ? start + 3 : start
}

/** Returns where a line ends before the `\r` of a Windows line end. */
function bareEnd(bytes: Uint8Array, start: number, end: number): number {
  return end > start && bytes[end - 1] === CR ? end - 1 : end
}

/** Returns a line without the byte order mark of its file and without the `\r` of a Windows line end. */
export function bare(line: Uint8Array, offset: number): Uint8Array {
  const start = bareStart(line, 0, line.length, offset)
  return line.subarray(start, bareEnd(line, start, line.length))
}

/** Cuts a file into lines. They lie in the memory of what was read, which the next `take` writes to again. */
export class LineReader {
  readonly #file: ReadableFile
  readonly #stop: number
  /** File bytes from `#base` on that were read and not all taken. */
  #buffer: Buffer = Buffer.alloc(0)
  #memory = this.#buffer
  /** The same bytes as a plain `Uint8Array`, since `slice()` of a Buffer does not copy. */
  #bytes: Uint8Array = this.#buffer
  #base: number
  /** In the buffer: the start of the next line, and up to where it was searched for a line end. */
  #at = 0
  #searched = 0

  /** @param stop nothing from this byte on is read; a line that reaches it ends there */
  constructor(file: ReadableFile, from: number, stop: number) {
    this.#file = file
    this.#base = from
    this.#stop = stop
  }

  /** The byte just after what was taken. */
  get position(): number {
    return this.#base + this.#at
  }

  /**
   * Adds lines, without the empty ones, until a limit or an end is reached, or what was read at once of the file. A line longer than
   * `bytes` comes alone.
   */
  async take(lines: Lines, limit: TakeLimit): Promise<Stopped> {
    let bytes = 0
    for (;;) {
      const found = this.#buffer.indexOf(LF, this.#searched)
      const atStop = found < 0 && this.#base + this.#buffer.length >= this.#stop
      if (found < 0 && !atStop) {
        this.#searched = this.#buffer.length
        // What is read next lies elsewhere.
        if (lines.length > 0) return 'full'
        if (limit.expired()) return 'full'
        if ((await this.#fill(limit.bytes)) === 0) return 'short'
        continue
      }
      const end = atStop ? this.#buffer.length : found
      const first = bareStart(this.#bytes, this.#at, end, this.position)
      const size = bareEnd(this.#bytes, first, end) - first
      if (size > 0) {
        if (lines.length >= limit.rows || (lines.length > 0 && bytes + size > limit.bytes)) return 'full'
        lines.add(this.#bytes, first, first + size, this.position)
        bytes += size
      }
      this.#at = atStop ? end : end + 1
      this.#searched = this.#at
      if (this.position >= this.#stop) return 'stop'
    }
  }

  /** The unfinished line at the end of a file that is `short`, without taking it. */
  get rest(): Uint8Array {
    return bare(this.#bytes.subarray(this.#at), this.position)
  }

  /** Takes the unfinished line as one that ended. */
  takeRest(lines: Lines): void {
    const { rest } = this
    const start = rest.byteOffset - this.#bytes.byteOffset
    lines.add(this.#bytes, start, start + rest.length, this.position)
    this.#at = this.#buffer.length
  }

  async #fill(wanted: number): Promise<number> {
    const left = this.#buffer.length - this.#at
    const from = this.#base + this.#buffer.length
    // As much again as the unfinished line has already, so that a huge one is copied a few times only.
    const more = Math.min(Math.max(left, Math.min(MAX_READ_BYTES, Math.max(MIN_READ_BYTES, wanted))), this.#stop - from)
    // The same memory again where it is large enough: fresh megabytes all the time keep the garbage collector busy.
    if (left + more > this.#memory.length) this.#memory = Buffer.allocUnsafeSlow(left + more)
    const next = this.#memory
    this.#buffer.copy(next, 0, this.#at)
    // What was there is gone, even when the read fails.
    this.#base += this.#at
    this.#searched -= this.#at
    this.#at = 0
    this.#hold(left)
    const { bytesRead } = await this.#file.read(next, left, more, from)
    this.#hold(left + bytesRead)
    return bytesRead
  }

  #hold(length: number): void {
    this.#buffer = this.#memory.subarray(0, length)
    this.#bytes = new Uint8Array(this.#memory.buffer, this.#memory.byteOffset, length)
  }
}
