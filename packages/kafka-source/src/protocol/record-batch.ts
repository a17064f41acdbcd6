import { createRequire } from 'node:module'
import type * as Native from '@node-rs/crc32'
import { TicketsError } from '@tickets/core'
import { slowCrc32c } from '../client/kafkajs.ts'
import type { AbortedTransaction } from './fetch-request.ts'

const overhead = 61
const control = 0x20
const transactional = 0x10

/** A record batch as it was fetched, undecoded. `bytes` is null where it holds nothing to deliver: control records, aborted or removed ones. */
export interface RawBatch {
  readonly bytes: Buffer | null
  /** Its first offset, also where compaction removed the record there. */
  readonly base: number
  /** The offset after it: compaction and control records leave gaps that only the batch tells. */
  readonly next: number
}

function isAbortMarker(batch: Buffer): boolean {
  // One record: length, attributes, time and offset deltas, key length (each one byte here), then the key: version and type, 0 for abort.
  return batch.length >= overhead + 9 && batch.readInt16BE(overhead + 7) === 0
}

/** What stands before the checksum, the partition's epoch among it, is set by the broker and not part of it. */
function checkSum(batch: Buffer): void {
  if (crc32c(batch.subarray(21)) === batch.readUInt32BE(17)) return
  const message = `The record batch at offset ${batch.readBigInt64BE(0)} does not fit its checksum: it was damaged on the broker's disk or on the way. It is fetched again; if that does not help, look at the broker's disks and restore the partition from a replica`
  throw new TicketsError('SOURCE_FAILED', message, { retryable: true })
}

/**
 * Splits what a fetch returned into its record batches, from `offset` on; a batch that is cut off at the end is left out.
 *
 * Which batches belong to aborted transactions is known for the fetch as a whole only, so it is decided here.
 */
export function splitBatches(records: Buffer, offset: number, aborted: readonly AbortedTransaction[]): RawBatch[] {
  const waiting = [...aborted].sort((a, b) => a.firstOffset - b.firstOffset)
  const open = new Set<bigint>()
  const batches: RawBatch[] = []
  for (let at = 0; at + overhead <= records.length; ) {
    const length = 12 + records.readInt32BE(at + 8)
    if (at + length > records.length) break
    const batch = records.subarray(at, at + length)
    at += length
    if (batch.readInt8(16) !== 2) {
      throw new TicketsError(
        'SOURCE_FAILED',
        'The topic holds messages in a format from before Kafka 0.11, which is not supported: copy them into a new topic',
      )
    }
    checkSum(batch)
    const base = Number(batch.readBigInt64BE(0))
    const last = base + batch.readInt32BE(23)
    if (last < offset) continue
    const attributes = batch.readInt16BE(21)
    const producer = batch.readBigInt64BE(43)
    for (let first = waiting[0]; first && first.firstOffset <= last; first = waiting[0]) {
      open.add(first.producerId)
      waiting.shift()
    }
    const isControl = (attributes & control) !== 0
    if (isControl && isAbortMarker(batch)) open.delete(producer)
    const dropped = isControl || ((attributes & transactional) !== 0 && open.has(producer)) || batch.readInt32BE(57) === 0
    batches.push({ bytes: dropped ? null : batch, base, next: last + 1 })
  }
  return batches
}

let computeCrc32c: ((bytes: Uint8Array) => number) | undefined

/** Returns the CRC-32C of the bytes. The native library is about five times as fast as kafkajs, which is the fallback where it cannot be loaded. */
export function crc32c(bytes: Buffer): number {
  computeCrc32c ??= loadNative() ?? slowCrc32c
  return computeCrc32c(bytes)
}

// Loaded by require, since a bundler would try to bundle the native library.
function loadNative(): ((bytes: Uint8Array) => number) | undefined {
  try {
    return (createRequire(import.meta.url)('@node-rs/crc32') as typeof Native).crc32c
  } catch {
    return undefined
  }
}
