import type { FileHandle } from 'node:fs/promises'
import type { Message } from '../schema/schema.ts'

const LF = 10
const CR = 13
const LEAST = 64 * 1024
const MOST = 1024 * 1024

/** Why `take` returned: the limits are reached, the stop is, or the file ends before it. */
export type Stopped = 'full' | 'stop' | 'short'

export interface TakeLimit {
  readonly rows: number
  readonly bytes: number
  /** Asked before each access to the file. */
  readonly expired: () => boolean
}

/** Takes the `\r` of a Windows line end off, and the byte order mark off the file: both belong to the file, not to a message. */
export function bare(line: Uint8Array, offset: number): Uint8Array {
  const end = line[line.length - 1] === CR ? line.length - 1 : line.length
  const start = offset === 0 && line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf ? 3 : 0
  return line.subarray(start, Math.max(start, end))
}

/** Cuts a file into lines. The lines share the memory of what was read, which is never written to again. */
export class LineReader {
  readonly #handle: FileHandle
  readonly #stop: number
  /** File bytes from `#base` on that were read and not all taken. */
  #buffer: Buffer = Buffer.alloc(0)
  #base: number
  /** In the buffer: the next line's start, and how far there is no line end for sure. */
  #at = 0
  #searched = 0

  /** @param stop nothing at or behind this byte is looked at; a line that reaches it ends there */
  constructor(handle: FileHandle, from: number, stop: number) {
    this.#handle = handle
    this.#base = from
    this.#stop = stop
  }

  /** The byte just after what was taken. */
  get position(): number {
    return this.#base + this.#at
  }

  /** Adds lines to `messages`, without the empty ones, until a limit or an end is reached. A line longer than `bytes` comes alone. */
  async take(messages: Message[], limit: TakeLimit): Promise<Stopped> {
    let bytes = 0
    for (;;) {
      const found = this.#buffer.indexOf(LF, this.#searched)
      const atStop = found < 0 && this.#base + this.#buffer.length >= this.#stop
      if (found < 0 && !atStop) {
        this.#searched = this.#buffer.length
        if (limit.expired()) return 'full'
        if ((await this.#fill(limit.bytes)) === 0) return 'short'
        continue
      }
      const end = atStop ? this.#buffer.length : found
      const value = this.#bare(end)
      if (value.length > 0) {
        if (messages.length >= limit.rows || (messages.length > 0 && bytes + value.length > limit.bytes)) return 'full'
        messages.push({ value, offset: this.position })
        bytes += value.length
      }
      this.#at = atStop ? end : end + 1
      this.#searched = this.#at
      if (this.position >= this.#stop) return 'stop'
    }
  }

  /** The unfinished line at the end of a file that is `short`, without taking it. */
  get rest(): Uint8Array {
    return this.#bare(this.#buffer.length)
  }

  /** Takes the unfinished line as one that ended. */
  takeRest(): Message {
    const message = { value: this.rest, offset: this.position }
    this.#at = this.#buffer.length
    return message
  }

  #bare(end: number): Uint8Array {
    // A plain array: what slice() means differs for a Buffer.
    return bare(new Uint8Array(this.#buffer.buffer, this.#buffer.byteOffset + this.#at, end - this.#at), this.position)
  }

  async #fill(wanted: number): Promise<number> {
    const left = this.#buffer.length - this.#at
    const from = this.#base + this.#buffer.length
    // As much again as the unfinished line has already, so that a huge one is copied a few times only.
    const more = Math.min(Math.max(left, Math.min(MOST, Math.max(LEAST, wanted))), this.#stop - from)
    const next = Buffer.allocUnsafeSlow(left + more)
    this.#buffer.copy(next, 0, this.#at)
    const { bytesRead } = await this.#handle.read(next, left, more, from)
    if (bytesRead === 0) return 0
    this.#base += this.#at
    this.#searched -= this.#at
    this.#at = 0
    this.#buffer = next.subarray(0, left + bytesRead)
    return bytesRead
  }
}
