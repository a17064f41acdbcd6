import { promisify } from 'node:util'
import * as zlib from 'node:zlib'
import { type Message, TicketsError } from '@tickets/core'
import type { KafkaSourceOptions } from './options.ts'

const gunzip = promisify(zlib.gunzip)
const names = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
const logAppendTime = 0x08

type Codecs = NonNullable<KafkaSourceOptions<unknown>['codecs']>

async function decompress(bytes: Buffer, codec: number, codecs: Codecs): Promise<Buffer> {
  const name = names[codec]
  if (name === 'none') return bytes
  if (name === 'gzip') return gunzip(bytes)
  const given = name && codecs[name]
  if (given) return given(bytes)
  // Node 20 has no zstd.
  if (name === 'zstd' && 'zstdDecompress' in zlib) return promisify(zlib.zstdDecompress)(bytes)
  throw new TicketsError(
    'SOURCE_FAILED',
    `The topic's messages are compressed with ${name ?? `codec ${codec}`}, which Node cannot decompress: give kafkaSource({ codecs: { ${name ?? 'snappy'}: (bytes) => … } }), or produce with gzip`,
  )
}

/** The messages of one record batch, one after the other. */
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

  /** The next message, or null after the last. Its bytes are a view of the batch, not a copy. */
  next(): Message | null {
    if (this.#left === 0) return null
    this.#left--
    const length = this.#varint()
    const end = this.#at + length
    if (length < 0 || end > this.#bytes.length)
      throw new TicketsError(
        'SOURCE_FAILED',
        `The record batch at offset ${this.#base} is damaged: check the broker's disks, or skip it by another \`from\``,
      )
    this.#at++
    const time = this.#varint()
    const offset = this.#base + this.#varint()
    const key = this.#slice()
    const value = this.#slice()
    this.#at = end
    const timestamp = this.#timeOfAppend ? this.#time : this.#time + time
    return timestamp >= 0 ? { value, offset, timestamp, key } : { value, offset, key }
  }

  #slice(): Buffer | null {
    const length = this.#varint()
    if (length < 0) return null
    const at = this.#at
    this.#at = at + length
    return this.#bytes.subarray(at, at + length)
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
