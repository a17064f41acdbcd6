import type { Standing } from '@tickets/core'
import type { UpstreamState } from './upstream.ts'

/** Who sent a message and how far it was: `<log id>/<task>@<watermark in ms, empty before the first row>`. */
export const UPSTREAM_HEADER = 'upstream'
/** The header of a watermark marker, which a task sends at the end of a range. Its value is JSON. */
export const MARKER_HEADER = 'mark'

/** What a watermark marker reports beside its watermark. */
export interface WatermarkMarker {
  readonly state: UpstreamState
  readonly tasks: readonly string[]
}

/** Returns the text of the `upstream` header. */
export const upstreamText = (logId: string, task: string, watermark: number) =>
  `${logId}/${task}@${Number.isFinite(watermark) ? Math.floor(watermark) : ''}`

/** Returns the marker of a task. The end of a bounded run counts as running, because the task continues in the next run; without a row it counts as idle. */
export function markerOf({ state, watermark, tasks }: Standing): WatermarkMarker {
  const reported = state === 'done' ? (watermark === Number.NEGATIVE_INFINITY ? 'idle' : 'running') : state
  return { state: reported, tasks }
}

const [at, minus, zero, nine] = [0x40, 0x2d, 0x30, 0x39]

/**
 * Reads the headers of messages, one after the other; its fields are those of the last one. Most messages come from the task of the one before, which
 * costs a comparison of bytes and no text.
 */
export class HeaderReader {
  log = ''
  task = ''
  watermark = Number.NEGATIVE_INFINITY
  /** The JSON of the marker; null on a row. */
  marker: string | null = null
  #bytes: Buffer
  #at = 0
  #sender = Buffer.alloc(0)

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** False when the message does not say where it comes from: then `repartition` has not sent it. */
  read(from: number, to: number): boolean {
    this.#at = from
    this.marker = null
    let found = false
    for (let left = this.#varint(); left > 0 && this.#at < to; left--) {
      const nameLength = this.#varint()
      const name = this.#at
      this.#at += nameLength
      const valueLength = this.#varint()
      const value = this.#at
      this.#at += Math.max(0, valueLength)
      if (this.#at > to) return false
      if (this.#is(name, nameLength, UPSTREAM_HEADER)) found = this.#upstream(value, value + valueLength)
      else if (this.#is(name, nameLength, MARKER_HEADER)) this.marker = this.#bytes.toString('utf8', value, value + Math.max(0, valueLength))
    }
    return found
  }

  #upstream(from: number, to: number): boolean {
    const bytes = this.#bytes
    let place = to - 1
    while (place >= from && bytes[place] !== at) place--
    if (place < from) return false
    let watermark = 0
    for (let i = place + 1; i < to; i++) {
      const byte = bytes[i] as number
      if (byte === minus && i === place + 1) continue
      if (byte < zero || byte > nine) return false
      watermark = watermark * 10 + byte - zero
    }
    this.watermark = place + 1 === to ? Number.NEGATIVE_INFINITY : bytes[place + 1] === minus ? -watermark : watermark
    if (this.#sender.length === place - from && bytes.compare(this.#sender, 0, this.#sender.length, from, place) === 0) return true
    const sender = bytes.toString('utf8', from, place)
    const slash = sender.indexOf('/')
    if (slash < 1) return false
    this.log = sender.slice(0, slash)
    this.task = sender.slice(slash + 1)
    this.#sender = Buffer.from(bytes.subarray(from, place))
    return true
  }

  #is(from: number, length: number, name: string): boolean {
    if (length !== name.length) return false
    for (let i = 0; i < length; i++) if (this.#bytes[from + i] !== name.charCodeAt(i)) return false
    return true
  }

  /** A zigzag number. */
  #varint(): number {
    let byte = this.#bytes[this.#at++] ?? 0
    let value = byte & 127
    for (let scale = 128; byte >= 128; scale *= 128) {
      byte = this.#bytes[this.#at++] ?? 0
      value += (byte & 127) * scale
    }
    return value % 2 ? -(value + 1) / 2 : value / 2
  }
}
