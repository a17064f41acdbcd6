import { type Data, makeData } from 'apache-arrow'
import { TicketsError } from '../../base/errors.ts'
import { arrowType, dictionaryOf } from '../../batch/arrow-types.ts'
import { type Batch, internals } from '../../batch/batch.ts'
import type { Field } from '../../store/field.ts'
import { type RequestType, requestTypes, Ticket } from '../ticket.ts'
import type { TicketPlan } from './options.ts'
import { IndexedRandom, weighted } from './random.ts'
import { type Template, template, write } from './template.ts'
import { texts } from './texts.ts'
import { closings } from './words.ts'

/** Which tickets: every `step`-th from `first` on; `position` is what the first of them is called in its partition. */
export interface Span {
  readonly first: number
  readonly step: number
  readonly position: number
}

const TWO_32 = 2 ** 32
const ID_BYTES = 36
const CLIENT_BYTES = 11
const CLIENTS = 9000
/** What a row takes in columns beside its request: id, client, time, two codes, three offsets. */
const ROW_BYTES = ID_BYTES + CLIENT_BYTES + 8 + 2 + 3 * 4
/** Each text column has one offset more than rows. */
const BATCH_BYTES = 3 * 4

const HEX = new TextEncoder().encode('0123456789abcdef')
const DASH = 45
const CLIENT = new TextEncoder().encode('CLIENT_')

const TYPES = weighted([26, 38, 21, 15])
const PRIORITIES = (
  [
    [30, 45, 20, 5],
    [15, 40, 30, 15],
    [30, 45, 20, 5],
    [60, 32, 7, 1],
  ] as const
).map(weighted)
const FRENCH = 60
const OLDER = 8

const templates = requestTypes.map((type: RequestType) => [texts[type].fr.map(template), texts[type].en.map(template)] as const)
const ends = [closings.fr.map(template), closings.en.map(template)] as const
const longest = (all: readonly Template[]) => Math.max(...all.map((t) => t.longest))
const LONGEST = Math.max(...templates.map((both) => Math.max(...both.map(longest)))) + Math.max(...ends.map(longest))

function field(name: keyof Ticket): Field {
  const found = Ticket.fields.find((f) => f.name === name)
  if (!found) throw new TicketsError('SCHEMA_MISMATCH', `Ticket has no column "${name}"`)
  return found
}

/** Writes 32 bits as eight hexadecimal digits, with a dash after the fourth where asked. */
function writeHex(bits: number, to: Uint8Array, from: number, dash: boolean): number {
  let at = from
  for (let shift = 28; shift >= 0; shift -= 4) {
    to[at++] = HEX[(bits >>> shift) & 15] as number
    if (dash && shift === 16) to[at++] = DASH
  }
  return at
}

/**
 * Makes tickets straight into columns. Ticket i is a function of the seed and i alone, so that one can begin anywhere, and what a ticket is
 * does not depend on the partitions, the batches, or what was made before it.
 */
export class TicketMaker {
  readonly #plan: TicketPlan
  readonly #random: IndexedRandom

  constructor(plan: TicketPlan) {
    this.#plan = plan
    this.#random = new IndexedRandom(plan.seed)
  }

  /** At most `rows` tickets in at most `bytes` of columns, but at least one. */
  make(span: Span, rows: number, bytes: number): Batch<Ticket> {
    const most = Math.max(1, Math.min(rows, Math.ceil(bytes / ROW_BYTES)))
    const ids = new Uint8Array(most * ID_BYTES)
    const clients = new Uint8Array(most * CLIENT_BYTES)
    const halves = new Int32Array(most * 2)
    const types = new Int8Array(most)
    const levels = new Int8Array(most)
    const requestEnds = new Int32Array(most + 1)
    let requests = new Uint8Array(Math.min(most * 112, bytes) + LONGEST)
    let used = 0
    let length = 0
    for (; length < most; length++) {
      const index = span.first + length * span.step
      const random = this.#random
      random.seek(index)
      const type = TYPES[random.bits() & 255] as number
      if (used + LONGEST > requests.length) {
        const larger = new Uint8Array(requests.length * 2 + LONGEST)
        larger.set(requests)
        requests = larger
      }
      const end = this.#request(type, requests, used)
      if (length > 0 && (length + 1) * ROW_BYTES + BATCH_BYTES + end > bytes) break
      used = end
      requestEnds[length + 1] = end
      types[length] = type
      levels[length] = (PRIORITIES[type] as Uint8Array)[random.bits() & 255] as number
      this.#client(clients, length * CLIENT_BYTES)
      const time = this.#time(index)
      const high = Math.floor(time / TWO_32)
      halves[length * 2] = (time - high * TWO_32) | 0
      halves[length * 2 + 1] = high
      this.#id(index, ids, length * ID_BYTES)
    }
    const columns: Record<keyof Ticket, Data> = {
      ticket_id: fixedText(field('ticket_id'), ids, ID_BYTES, length),
      client_id: fixedText(field('client_id'), clients, CLIENT_BYTES, length),
      created_at: makeData({
        type: arrowType(field('created_at')),
        length,
        nullCount: 0,
        data: new BigInt64Array(halves.slice(0, length * 2).buffer),
      } as never),
      request: makeData({
        type: arrowType(field('request')),
        length,
        nullCount: 0,
        valueOffsets: requestEnds.slice(0, length + 1),
        data: requests.slice(0, used),
      } as never),
      request_type: codes(field('request_type'), types, length),
      priority: codes(field('priority'), levels, length),
    }
    const metadata = {
      offsets: Float64Array.from({ length }, (_, i) => span.position + i),
      watermarks: new Float64Array(length).fill(Number.NEGATIVE_INFINITY),
    }
    return internals.make(
      Ticket,
      Ticket.fields.map((f) => columns[f.name as keyof Ticket]),
      length,
      metadata,
    )
  }

  #request(type: number, to: Uint8Array, from: number): number {
    const random = this.#random
    const language = random.below(100) < FRENCH ? 0 : 1
    const choice = (templates[type] as readonly [Template[], Template[]])[language]
    const closing = ends[language]
    const at = write(choice[random.below(choice.length)] as Template, random, to, from)
    return write(closing[random.below(closing.length)] as Template, random, to, at)
  }

  /** Writes a client id at `at`. A few clients write often, most rarely. */
  #client(to: Uint8Array, at: number): void {
    const u = (this.#random.bits() >>> 0) / TWO_32
    // Spread by a factor without a divisor in common with 9000, so that those who write often are not the first numbers.
    let number = 1000 + ((Math.floor(u * u * CLIENTS) * 7919) % CLIENTS)
    to.set(CLIENT, at)
    for (let i = CLIENT_BYTES - 1; i >= CLIENT.length; i--) {
      to[at + i] = 48 + (number % 10)
      number = Math.floor(number / 10)
    }
  }

  /**
   * Returns `start + index · spacing` minus a random delay of at most `disorder`, but never less than `start`. So event times are out of order by at most
   * `disorder`, in any partition.
   */
  #time(index: number): number {
    const { start, spacing, disorder } = this.#plan
    const line = start + index * spacing
    const reach = this.#random.below(100) < OLDER ? disorder : Math.min(disorder, spacing * 4)
    return Math.max(start, line - this.#random.below(reach + 1))
  }

  /** Writes a UUID of version 4 that is unique to this index and seed: its first and last word are a bijection of the index. */
  #id(index: number, to: Uint8Array, from: number): void {
    const { low, high } = this.#random.unique(index, 1)
    let at = writeHex(low, to, from, false)
    to[at++] = DASH
    at = writeHex((this.#random.bits() & ~0xf000) | 0x4000, to, at, true)
    to[at++] = DASH
    at = writeHex((this.#random.bits() & 0x3fffffff) | 0x80000000, to, at, true)
    writeHex(high, to, at, false)
  }
}

function fixedText(column: Field, bytes: Uint8Array, width: number, length: number): Data {
  const valueOffsets = Int32Array.from({ length: length + 1 }, (_, i) => i * width)
  return makeData({ type: arrowType(column), length, nullCount: 0, valueOffsets, data: bytes.slice(0, length * width) } as never)
}

/** Returns an enum column of codes. They are the enum's own codes: both count `requestTypes` and `priorities` from 0. */
function codes(column: Field, values: Int8Array, length: number): Data {
  const { type, values: dictionary } = dictionaryOf(column)
  return makeData({ type, length, nullCount: 0, data: values.slice(0, length), dictionary } as never)
}
