import { TicketsError } from '@tickets/core'
import { type Codecs, decompress } from './codecs.ts'
import type { SliceList } from './message-slices.ts'

const logAppendTime = 0x08

/** The messages of one record batch, in their order. */
export class Records {
  readonly #bytes: Buffer
  readonly #base: number
  readonly #time: number
  readonly #timeOfAppend: boolean
  #left: number
  #at = 0

  private constructor(batch: Buffer, records: Buffer) {
    this.#bytes = records
    this.#base = Number(batch.readBigInt64BE(0))
    this.#timeOfAppend = (batch.readInt16BE(21) & logAppendTime) !== 0
    this.#time = Number(batch.readBigInt64BE(this.#timeOfAppend ? 35 : 27))
    this.#left = batch.readInt32BE(57)
  }

  static async open(batch: Buffer, codecs: Codecs): Promise<Records> {
    return new Records(batch, await decompress(batch.subarray(61), batch.readInt16BE(21) & 0x07, codecs))
  }

  /**
   * Adds the messages of `[from, to)` to the list while they fit; their bytes stay where they are.
   *
   * @returns `end` when the batch has no more, `bound` when the next one is at `to` or after it, `full` when it does not fit
   */
  fill(list: SliceList, from: number, to: number, max: { readonly rows: number; readonly bytes: number }): 'end' | 'bound' | 'full' {
    const bytes = this.#bytes
    const base = bytes.byteOffset
    list.open(bytes.buffer, base, base + bytes.length)
    while (this.#left > 0) {
      const begin = this.#at
      const length = this.#varint()
      const end = this.#at + length
      if (length < 0 || end > bytes.length) throw damaged(this.#base)
      this.#at++
      const time = this.#varint()
      const offset = this.#base + this.#varint()
      const keyLength = this.#varint()
      const key = this.#at
      this.#at = key + Math.max(0, keyLength)
      const valueLength = this.#varint()
      const value = this.#at
      if (value + Math.max(0, valueLength) > end) throw damaged(this.#base)
      const isFull = list.length >= max.rows || (list.length > 0 && list.size + Math.max(0, keyLength) + Math.max(0, valueLength) > max.bytes)
      if (offset >= from && (offset >= to || isFull)) {
        this.#at = begin
        return offset >= to ? 'bound' : 'full'
      }
      this.#at = end
      this.#left--
      if (offset < from) continue
      const timestamp = this.#timeOfAppend ? this.#time : this.#time + time
      const known = timestamp >= 0 ? timestamp : Number.NaN
      list.add(offset, known, base + key, base + key + keyLength, base + value, base + value + valueLength, base + end)
    }
    return 'end'
  }

  /** A zigzag number of up to 2^53: time deltas pass 32 bits. */
  #varint(): number {
    let byte = this.#bytes[this.#at++] ?? 0
    if (byte < 128) return byte & 1 ? -((byte + 1) / 2) : byte / 2
    let value = byte & 127
    let scale = 128
    do {
      byte = this.#bytes[this.#at++] ?? 0
      value += (byte & 127) * scale
      scale *= 128
    } while (byte >= 128)
    return value % 2 ? -(value + 1) / 2 : value / 2
  }
}

const damaged = (base: number) =>
  new TicketsError('SOURCE_FAILED', `The record batch at offset ${base} is damaged: check the broker's disks, or skip it by another \`from\``)
