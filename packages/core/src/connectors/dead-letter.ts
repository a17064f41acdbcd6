import * as z from 'zod'
import { TicketsError } from '../base/errors.ts'
import { Batch, type Schema } from '../batch/batch.ts'
import type { Rejected } from '../batch/message.ts'
import { makeSchema } from '../schema/define.ts'
import { LONGEST_MESSAGE } from '../schema/fast-decoder/read.ts'
import { instant } from '../values/instant.ts'

/** What the output of dead letters is called among the flows. */
export const DEAD_LETTERS = '@dead_letters'

/** An invalid message: where it came from, why it was rejected, and its bytes, as text where they are UTF-8, else as base64. */
export interface DeadLetter {
  topic: string
  /** The task that read it, `<topic>-<partition>`. */
  partition: string
  /** Its offset; a byte offset in a file. */
  position: number
  /** The broker's time of the message, where it has one. */
  timestamp: Date | null
  reason: string
  key: string | null
  /** Null for a tombstone. */
  value: string | null
  encoding: 'utf8' | 'base64'
}

/** The schema of dead letters. It has no event time: such a message has none that can be trusted. */
export const DeadLetter: Schema<DeadLetter> = makeSchema<DeadLetter>(
  z.object({
    topic: z.string(),
    partition: z.string(),
    position: z.int(),
    timestamp: instant().nullable(),
    reason: z.string(),
    key: z.string().nullable(),
    value: z.string().nullable(),
    encoding: z.enum(['utf8', 'base64']),
  }),
  { name: 'dead_letter', version: 1, time: null },
  ['topic', 'partition', 'position'],
)

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function textOf(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes)
  } catch {
    return null
  }
}

/** Of a message that is too long to be a text, so much is kept: its place in the source is in the dead letter, where the rest can be read. */
const KEPT_OF_LONG = 2 ** 20

/** The first bytes of a message that is too long, up to a whole character of UTF-8. */
function kept(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= LONGEST_MESSAGE) return bytes
  let end = KEPT_OF_LONG
  while (end > KEPT_OF_LONG - 4 && ((bytes[end] as number) & 0xc0) === 0x80) end--
  return bytes.subarray(0, end)
}

function base64(bytes: Uint8Array): string {
  let binary = ''
  for (let i = 0; i < bytes.length; i += 8192) binary += String.fromCharCode(...bytes.subarray(i, i + 8192))
  return btoa(binary)
}

/** Returns rejected messages as rows. Key and value share one encoding: base64 if one of them is not UTF-8. */
export function deadLetters(topic: string, partition: string, rejected: readonly Rejected[]): Batch<DeadLetter> {
  return Batch.of(
    DeadLetter,
    rejected.map(({ offset, timestamp, reason, key: whole = null, value: all }) => {
      const [key, value] = [whole && kept(whole), all && kept(all)]
      const isCut = key !== whole || value !== all
      const plain = (value === null || textOf(value) !== null) && (key === null || textOf(key) !== null)
      const text = (bytes: Uint8Array | null) => (bytes === null ? null : plain ? textOf(bytes) : base64(bytes))
      return {
        topic,
        partition,
        position: offset,
        timestamp: timestamp === undefined ? null : new Date(timestamp),
        reason: isCut ? `${reason}; only its first ${KEPT_OF_LONG} bytes are kept here` : reason.toWellFormed(),
        key: text(key),
        value: text(value),
        encoding: plain ? 'utf8' : 'base64',
      }
    }),
  )
}

/** Returns the error for an invalid message in a pipeline without `deadLetters`. */
export function rejectedError(partition: string, schema: string, { offset, reason }: Rejected): TicketsError {
  return new TicketsError(
    'REJECTED_MESSAGE',
    `${partition} has a message at ${offset} that is no ${schema}: ${reason}. Set \`deadLetters\` to a sink to keep such messages and continue`,
  )
}
