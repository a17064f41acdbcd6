import { type Json, TicketsError } from '@tickets/core'
import type { Bucket } from '../client/bucket.ts'
import { attempts } from './attempts.ts'

/** The size of all parts of an upload but the last, in bytes. */
const PART_BYTES = 8 << 20

/** How many parts of a file are sent at the same time. So at most 40 MiB of a file are held: these, and one that is being filled. */
const AT_ONCE = 4

/** An upload has no more parts. */
const MAX_PARTS = 10_000

type Content = readonly Uint8Array[] | AsyncIterable<Uint8Array>

/** Yields the content in parts of one size, the last one smaller; an empty content is one empty part. */
export function cutParts(content: Content, size = PART_BYTES): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  return isWhole(content) ? cutWhole(content, size) : cutStream(content, size)
}

const isWhole = (content: Content): content is readonly Uint8Array[] => Array.isArray(content)

/** Cuts a content that is there as a whole and stays as it is. A part that lies in one chunk is not copied: copies of megabytes are what costs here. */
function* cutWhole(chunks: readonly Uint8Array[], size: number): Generator<Uint8Array> {
  let part: Uint8Array[] = []
  let filled = 0
  let isFirst = true
  for (const chunk of chunks) {
    for (let from = 0; from < chunk.byteLength; ) {
      const piece = chunk.subarray(from, from + size - filled)
      part.push(piece)
      filled += piece.byteLength
      from += piece.byteLength
      if (filled < size) continue
      yield joined(part)
      isFirst = false
      part = []
      filled = 0
    }
  }
  if (filled > 0 || isFirst) yield joined(part)
}

const joined = (pieces: readonly Uint8Array[]): Uint8Array => (pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces))

async function* cutStream(content: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let part = new Uint8Array(0)
  let filled = 0
  let isFirst = true
  for await (const chunk of content) {
    for (let from = 0; from < chunk.byteLength; ) {
      // The chunk is copied: whoever made it may fill it again.
      if (filled === part.byteLength) part = grown(part, Math.min(size, Math.max(filled * 2, chunk.byteLength - from, 1 << 16)))
      const taken = Math.min(part.byteLength - filled, chunk.byteLength - from)
      part.set(chunk.subarray(from, from + taken), filled)
      filled += taken
      from += taken
      if (filled < size) continue
      yield part
      isFirst = false
      part = new Uint8Array(0)
      filled = 0
    }
  }
  if (filled > 0 || isFirst) yield part.subarray(0, filled)
}

function grown(part: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(size)
  larger.set(part)
  return larger
}

/** Returns the text that the metadata of an object holds for an attempt: headers take ASCII alone. */
export const metadataOf = (staging: string): string => encodeURI(staging)

/**
 * Sends a file as an upload to its final key and does not complete it, so that nobody sees it (docs/internals/protocol.md#10.3). Returns its size, and the upload
 * as the record keeps it.
 */
export async function stageObject(bucket: Bucket, key: string, staging: string, content: Content): Promise<{ bytes: number; upload: Json }> {
  const upload = { key, id: await bucket.createUpload(key, metadataOf(staging)) }
  attempts.staged(upload.id, staging)
  const etags: string[] = []
  const sending = new Set<Promise<void>>()
  const failures: unknown[] = []
  const send = async (number: number, part: Uint8Array) => {
    try {
      etags[number - 1] = await bucket.uploadPart(upload, number, part)
    } catch (error) {
      failures.push(error)
    }
  }
  let bytes = 0
  try {
    let number = 0
    for await (const part of cutParts(content)) {
      if (failures.length > 0) break
      if (++number > MAX_PARTS) throw new TicketsError('SINK_FAILED', `${key} would have more than ${MAX_PARTS} parts of 8 MiB: set maxRowsPerFile`)
      bytes += part.byteLength
      const sent = send(number, part).finally(() => sending.delete(sent))
      sending.add(sent)
      if (sending.size >= AT_ONCE) await Promise.race(sending)
    }
    await Promise.all(sending)
    if (failures.length > 0) throw failures[0]
  } catch (error) {
    await Promise.all(sending)
    // Where this fails too, a sweep finds the upload.
    await bucket.abort(upload).catch(() => {})
    attempts.ended(upload.id)
    throw error
  }
  return { bytes, upload: { id: upload.id, etags } }
}
