import { type Decoded, type DecodeOptions, isTicketsError, messageOf, type Rejected, type Slices, TicketsError } from '@tickets/core'
import type { WorkerDecoder } from '@tickets/core/internal'
import type { Unreadable, ValueReader, ValueReaderOptions } from '../protocol/message-format.ts'
import type { Fetched } from '../protocol/message-slices.ts'
import type { RegistryClient, RequestOptions } from './client.ts'
import { type RegistryOptions, subjectOf } from './connection.ts'
import { idIn, PREFIX } from './framing.ts'
import { isInvalidValue } from './invalid-value.ts'
import { JsonOut } from './json-out.ts'
import type { Copier, SchemaLanguage } from './language.ts'
import { messageTarget } from './message-target.ts'
import { type ResolvedSchema, SchemaStore } from './schema-store.ts'
import type { Target } from './target.ts'

/** So many bytes of JSON are worth another thread. */
const WORKER_MIN_BYTES = 128 * 1024
/** A larger buffer is freed after its chunk. */
const KEEP_BYTES = 8 << 20

/** Decodes values whose schemas are in a registry. They become JSON, which the schema decodes as any other message: with the same verdicts. */
export class RegistryReader<T> implements ValueReader<T> {
  readonly #o: ValueReaderOptions<T>
  readonly #format: RegistryOptions
  readonly #language: SchemaLanguage
  readonly #url: string
  readonly #store: SchemaStore
  readonly #target: Target
  /** What copies the values of each schema id; null for an id that the registry does not know. */
  readonly #copiers = new Map<number, Copier | null>()
  #out = new JsonOut()

  constructor(options: ValueReaderOptions<T>, format: RegistryOptions, language: SchemaLanguage, client: RegistryClient) {
    this.#o = options
    this.#format = format
    this.#language = language
    this.#url = client.url
    this.#store = new SchemaStore(client)
    this.#target = messageTarget(options.schema)
  }

  async check(): Promise<void> {
    await this.#language.loadReader()
    for (const topic of this.#o.topics) {
      const subject = subjectOf(this.#format, topic)
      const latest = await this.#store.latest(subject, this.#requests())
      // Subjects may be named otherwise: then each schema is compared when a message names it.
      if (latest) this.#copierOf(latest, `${topic}: version ${latest.id} of subject "${subject}"`)
    }
  }

  async prepare({ bytes, starts, ends, offsets, length }: Fetched, signal: AbortSignal): Promise<Unreadable | null> {
    await this.#language.loadReader()
    for (let i = 0; i < length; i++) {
      const id = idIn(bytes, starts[i] as number, ends[i] as number)
      if (id === null) continue
      try {
        if (!this.#copiers.get(id)) await this.#add(id, `offset ${offsets[i]}`, signal)
        this.#prepareValue(id, bytes, starts[i] as number, ends[i] as number, offsets[i] as number)
      } catch (error) {
        return { at: i, error: error as Error }
      }
    }
    return null
  }

  #prepareValue(id: number, bytes: Uint8Array, start: number, end: number, offset: number): void {
    const copier = this.#copiers.get(id)
    if (!copier?.prepare) return
    this.#named(`${this.#o.topics.join(', ')}: schema ${id} of the message at offset ${offset}`, () => copier.prepare?.(bytes, start + PREFIX, end))
  }

  async #add(id: number, where: string, signal: AbortSignal): Promise<void> {
    const schema = await this.#store.byId(id, this.#requests(signal))
    const topics = this.#o.topics.join(', ')
    if (schema) this.#copiers.set(id, this.#copierOf(schema, `${topics}: schema ${id}, which messages have from ${where} on,`))
    else if (this.#format.unknownId === 'deadLetter') this.#copiers.set(id, null)
    else
      throw new TicketsError(
        'SCHEMA_UNKNOWN',
        `${topics}: the message at ${where} has schema ${id}, which the registry at ${this.#url} does not know: correct \`registry\`, register the schema again, or set \`unknownId: 'deadLetter'\` if such messages are damaged`,
      )
  }

  #copierOf(schema: ResolvedSchema, what: string): Copier {
    const { schemaType, name } = this.#language
    if (schema.schemaType !== schemaType)
      throw new TicketsError('SCHEMA_MISMATCH', `${what} is of type ${schema.schemaType}, and the source reads ${name}: use the format of that type`)
    return this.#named(what, () => this.#language.copierOf(schema, this.#target))
  }

  /** Runs `work`, and names what it was about in its errors. */
  #named<R>(what: string, work: () => R): R {
    try {
      return work()
    } catch (error) {
      if (isTicketsError(error)) throw new TicketsError(error.code, `${what} does not fit ${this.#o.schema.name}: ${error.message}`, { cause: error })
      throw new TicketsError('SCHEMA_MISMATCH', `${what} is no ${this.#language.name} schema: ${messageOf(error)}`, { cause: error })
    }
  }

  #requests(signal?: AbortSignal): RequestOptions {
    const { retryFor, logger } = this.#o
    return { retryFor, logger, signal }
  }

  decode(fetched: Fetched, options: DecodeOptions, worker: WorkerDecoder<T> | null): Decoded<T> | Promise<Decoded<T>> {
    const { schema } = this.#o
    const { slices, invalid } = this.#json(fetched)
    const there = this.#out.length >= WORKER_MIN_BYTES ? worker?.(slices, options) : null
    if (there) return there.then((decoded) => withRaw(decoded, invalid, fetched))
    const decoded = withRaw(schema.decodeSlices(slices, options), invalid, fetched)
    if (this.#out.bytes.length > KEEP_BYTES) this.#out = new JsonOut()
    return decoded
  }

  /** Copies all values to JSON. `invalid` has the reason of those that are none, by their place. */
  #json({ bytes, starts, ends, offsets, timestamps, length, keyOf, headerOf }: Fetched): { slices: Slices; invalid: ReadonlyMap<number, string> } {
    const out = this.#out
    out.length = 0
    const invalid = new Map<number, string>()
    const [from, to, at] = [new Int32Array(length), new Int32Array(length), new Int32Array(length)]
    let count = 0
    for (let i = 0; i < length; i++) {
      const [start, end] = [starts[i] as number, ends[i] as number]
      const before = out.length
      // A tombstone ends before its start.
      if (end >= start) {
        const reason = this.#copy(bytes, start, end)
        if (reason !== null) {
          invalid.set(i, reason)
          out.length = before
          continue
        }
      }
      from[count] = before
      to[count] = end >= start ? out.length : before - 1
      at[count++] = i
    }
    const pick = (values: Float64Array) => Float64Array.from({ length: count }, (_, i) => values[at[i] as number] as number)
    return {
      slices: {
        bytes: out.bytes,
        starts: from,
        ends: to,
        offsets: pick(offsets),
        ...(timestamps && { timestamps: pick(timestamps) }),
        length: count,
        keyOf: (i) => keyOf?.(at[i] as number) ?? null,
        ...(headerOf && { headerOf: (i: number, name: string) => headerOf(at[i] as number, name) }),
      },
      invalid,
    }
  }

  /** Copies one value to JSON. Returns why it is none, or null. */
  #copy(bytes: Uint8Array, start: number, end: number): string | null {
    const { name } = this.#language
    const id = idIn(bytes, start, end)
    if (id === null) return `not ${name} of a schema registry: it does not begin with the byte 0 and a schema id`
    const copier = this.#copiers.get(id)
    if (!copier) return `schema ${id} is not in the registry`
    try {
      copier.copy(bytes, start + PREFIX, end, this.#out)
      return null
    } catch (error) {
      if (isInvalidValue(error)) return `not ${name} of schema ${id}: ${error.message}`
      throw error
    }
  }
}

/** Returns what was decoded, with the messages as they came among the rejected ones. */
function withRaw<T>({ batch, rejected, unmapped }: Decoded<T>, invalid: ReadonlyMap<number, string>, fetched: Fetched): Decoded<T> {
  if (rejected.length === 0 && invalid.size === 0) return { batch, rejected, unmapped }
  const { bytes, starts, ends, offsets, timestamps, length, keyOf } = fetched
  const judged = new Map(rejected.map((one) => [one.offset, one]))
  const all: Rejected[] = []
  for (let i = 0; i < length; i++) {
    const offset = offsets[i] as number
    const found = judged.get(offset)
    const reason = invalid.get(i) ?? found?.reason
    if (reason === undefined) continue
    const [start, end, time] = [starts[i] as number, ends[i] as number, timestamps?.[i] ?? Number.NaN]
    const value = end < start ? null : bytes.subarray(start, end)
    all.push({ ...found, value, offset, key: keyOf?.(i) ?? null, ...(Number.isNaN(time) ? {} : { timestamp: time }), reason })
  }
  return { batch, rejected: all, unmapped }
}
