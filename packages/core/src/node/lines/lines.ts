import type { Slices } from '../../batch/message.ts'

/** Where the lines of one piece of a file lie: what `Schema.decodeSlices` takes, without an object for each line. */
export class Lines implements Slices {
  bytes: Uint8Array = new Uint8Array(0)
  starts = new Int32Array(1024)
  ends = new Int32Array(1024)
  offsets = new Float64Array(1024)
  length = 0

  /** Forgets the lines. The arrays are used again. */
  clear(): void {
    this.length = 0
    this.bytes = new Uint8Array(0)
  }

  /** Adds a line of `bytes`, which begins at `offset` of the file. All lines are of the same bytes. */
  add(bytes: Uint8Array, start: number, end: number, offset: number): void {
    const at = this.length++
    if (at === this.starts.length) {
      const more = { starts: new Int32Array(at * 2), ends: new Int32Array(at * 2), offsets: new Float64Array(at * 2) }
      more.starts.set(this.starts)
      more.ends.set(this.ends)
      more.offsets.set(this.offsets)
      Object.assign(this, more)
    }
    this.bytes = bytes
    this.starts[at] = start
    this.ends[at] = end
    this.offsets[at] = offset
  }
}
