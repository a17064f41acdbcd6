import { read } from 'node:fs'
import { promisify } from 'node:util'
import { messageOf } from '../../base/errors.ts'
import { pieceDecoder } from '../../schema/kernel/kernel-decoder.ts'
import { packMessages } from '../../schema/kernel/pack-messages.ts'
import type { MessagePiece, PieceDecoder } from '../../schema/kernel/piece.ts'
import { BufferPool } from '../../store/buffer-pool.ts'
import { packArrays } from '../../store/pack-arrays.ts'
import { LineReader } from '../lines/line-reader.ts'
import { Lines } from '../lines/lines.ts'
import type { DecodeAnswer, DecodeJob, LinesToRead, ReadLines } from './messages.ts'
import { TextNumbers } from './text-numbers.ts'

/** An answer, and the memory that goes with it. */
export interface Post {
  readonly answer: DecodeAnswer
  readonly transfer: ArrayBuffer[]
}

interface Known {
  readonly decode: PieceDecoder
  readonly numbers: TextNumbers
}

const readAt = promisify(read)

/** Pieces have about a megabyte, and as many of them are under way as a pipeline may hold by default. */
const POOL = { step: 64 * 1024, mostBytes: 64 * 2 ** 20 }

/** What the thread that decodes does: it knows schemas, and files that it reads, from job to job. */
export class ThreadWork {
  readonly #schemas = new Map<number, Known>()
  readonly #readings = new Map<number, LineReader>()
  /** The jobs that should return with what there is. */
  readonly #hurried = new Set<number>()
  readonly #lines = new Lines()
  readonly #pool = new BufferPool(POOL)

  /** Does a job. They come one after the other. */
  async answer(job: DecodeJob): Promise<Post> {
    const { id, schema, plan, piece, spare } = job
    for (const buffer of spare) this.#pool.give(buffer)
    if (plan) this.#schemas.set(schema, { decode: pieceDecoder(plan, plan.time), numbers: new TextNumbers() })
    const known = this.#schemas.get(schema)
    const nothing: DecodeAnswer = { id, decoded: null, texts: [], lines: null, failure: null }
    if (!known) return { answer: nothing, transfer: [] }
    if (!('reading' in piece)) return this.#posted({ ...nothing, ...decoded(known, job, piece) })
    try {
      const { position, isShort } = await this.#read(id, piece)
      const { bytes, starts, ends, offsets, length } = this.#lines
      const lines = { ...piece, bytes, starts: starts.subarray(0, length), ends: ends.subarray(0, length), timestamps: null }
      const answer = decoded(known, job, lines)
      const odd = packMessages(lines, answer.decoded.odd)
      return this.#posted({ ...nothing, ...answer, lines: { offsets: offsets.subarray(0, length), odd, position, isShort } })
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === undefined) throw error
      return { answer: { ...nothing, failure: { message: messageOf(error), code } }, transfer: [] }
    } finally {
      for (const one of this.#hurried) if (one <= id) this.#hurried.delete(one)
    }
  }

  /** Lets reading for a job return with what there is. Called while a job is done. */
  hurry(job: number): void {
    this.#hurried.add(job)
  }

  /** Forgets a reading. */
  forget(reading: number): void {
    this.#readings.delete(reading)
  }

  #posted(answer: DecodeAnswer): Post {
    const { value, buffer } = packArrays(answer, (bytes) => this.#pool.take(bytes))
    return { answer: value, transfer: [buffer] }
  }

  /** Takes the next lines of a file. */
  async #read(id: number, { reading, fd, from, stop, rows, bytes }: LinesToRead): Promise<Pick<ReadLines, 'position' | 'isShort'>> {
    const known = this.#readings.get(reading)
    const reader = known ?? new LineReader({ read: (into, at, length, position) => readAt(fd, into, at, length, position) }, from, stop)
    this.#readings.set(reading, reader)
    this.#lines.clear()
    if (reader.position >= stop) return { position: reader.position, isShort: false }
    const stopped = await reader.take(this.#lines, { rows, bytes, expired: () => this.#hurried.has(id) })
    return { position: reader.position, isShort: stopped === 'short' }
  }
}

function decoded({ decode, numbers }: Known, { wanted }: DecodeJob, piece: MessagePiece) {
  const decoded = decode(piece)
  return { decoded, texts: numbers.number(decoded.columns, decoded.rows, wanted) }
}
