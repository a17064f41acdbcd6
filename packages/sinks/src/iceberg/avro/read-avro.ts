import { inflateRawSync } from 'node:zlib'
import { messageOf, TicketsError } from '@tickets/core'
import { parseExact } from '../spec/exact-json.ts'
import { type AvroObject, type AvroRecord, type AvroSchema, type AvroValue, MAGIC, type Names, namesIn, resolved, SYNC } from './avro-schema.ts'

/** A file of records, and what its head says. */
export interface AvroFile {
  readonly schema: AvroSchema
  readonly metadata: ReadonlyMap<string, string>
  readonly records: readonly AvroRecord[]
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** Reads values one after the other. */
class Cursor {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  at = 0

  constructor(bytes: Uint8Array) {
    // Parts of a buffer of Node are buffers of Node, which are no plain byte arrays.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get isAtEnd(): boolean {
    return this.at >= this.#bytes.length
  }

  take(length: number): Uint8Array {
    if (length < 0 || this.at + length > this.#bytes.length) throw new RangeError('the file ends within a value')
    this.at += length
    return this.#bytes.subarray(this.at - length, this.at)
  }

  /** Reads an int or a long: a number, or a bigint where no number holds it. */
  long(): number | bigint {
    const from = this.at
    let small = 0
    // A number holds seven bytes of seven bits, which all counts and most values are.
    for (let power = 1; power < 2 ** 49; power *= 128) {
      const byte = this.#byte()
      small += (byte & 0x7f) * power
      if (byte < 0x80) return small % 2 === 0 ? small / 2 : -(small + 1) / 2
    }
    this.at = from
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.#byte()
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    const signed = (value >> 1n) ^ -(value & 1n)
    const number = Number(signed)
    return Number.isSafeInteger(number) ? number : signed
  }

  #byte(): number {
    const byte = this.#bytes[this.at++]
    if (byte === undefined) throw new RangeError('the file ends within a value')
    return byte
  }

  size(): number {
    return Number(this.long())
  }

  bytes(): Uint8Array {
    return this.take(this.size())
  }

  text(): string {
    return utf8.decode(this.bytes())
  }

  float(): number {
    this.take(4)
    return this.#view.getFloat32(this.at - 4, true)
  }

  double(): number {
    this.take(8)
    return this.#view.getFloat64(this.at - 8, true)
  }

  /** Reads the blocks of an array or a map; a negative count is followed by their bytes. */
  blocks(item: () => void): void {
    for (let count = this.size(); count !== 0; count = this.size()) {
      if (count < 0) this.size()
      for (let i = 0; i < Math.abs(count); i++) item()
    }
  }
}

function readValue(cursor: Cursor, given: AvroSchema, names: Names): AvroValue {
  const schema = resolved(given, names)
  if (Array.isArray(schema)) return readValue(cursor, schema[cursor.size()] as AvroSchema, names)
  const object = (typeof schema === 'string' ? { type: schema } : schema) as AvroObject
  const { fields = [], items = 'null', values = 'null', size = 0, symbols = [] } = object
  switch (object.type) {
    case 'null':
      return null
    case 'boolean':
      return cursor.take(1)[0] === 1
    case 'int':
    case 'long':
      return cursor.long()
    case 'float':
      return cursor.float()
    case 'double':
      return cursor.double()
    case 'bytes':
      return cursor.bytes()
    case 'string':
      return cursor.text()
    case 'fixed':
      return cursor.take(size)
    case 'enum':
      return symbols[cursor.size()] ?? null
    case 'record':
      return Object.fromEntries(fields.map((field) => [field.name, readValue(cursor, field.type, names)]))
    case 'array': {
      const list: AvroValue[] = []
      cursor.blocks(() => void list.push(readValue(cursor, items, names)))
      return list
    }
    case 'map': {
      const map: [string, AvroValue][] = []
      cursor.blocks(() => void map.push([cursor.text(), readValue(cursor, values, names)]))
      return Object.fromEntries(map)
    }
    default:
      throw new TypeError(`Avro type ${String(object.type)} is not known`)
  }
}

function decompressed(codec: string, bytes: Uint8Array): Uint8Array {
  if (codec === 'null') return bytes
  if (codec === 'deflate') return inflateRawSync(bytes)
  throw new TypeError(`its codec is ${codec}, known are null and deflate`)
}

/**
 * Reads an Avro file, whose records are read with the schema that they were written with.
 *
 * @param place where the file lies, for the error
 * @throws `TARGET_UNUSABLE` for a file that cannot be read
 */
export function readAvro(bytes: Uint8Array, place: string): AvroFile {
  try {
    const cursor = new Cursor(bytes)
    if (Buffer.compare(cursor.take(MAGIC.length), MAGIC) !== 0) throw new TypeError('it does not begin as an Avro file')
    const metadata = new Map<string, string>()
    cursor.blocks(() => void metadata.set(cursor.text(), cursor.text()))
    const schema = parseExact(metadata.get('avro.schema') ?? '', place) as AvroSchema
    const sync = cursor.take(SYNC)
    const names = namesIn(schema)
    const records: AvroRecord[] = []
    while (!cursor.isAtEnd) {
      const count = cursor.size()
      const block = new Cursor(decompressed(metadata.get('avro.codec') ?? 'null', cursor.bytes()))
      for (let i = 0; i < count; i++) records.push(readValue(block, schema, names) as AvroRecord)
      if (Buffer.compare(cursor.take(SYNC), sync) !== 0) throw new TypeError('a block does not end as it should')
    }
    return { schema, metadata, records }
  } catch (cause) {
    throw new TicketsError(
      'TARGET_UNUSABLE',
      `${place} cannot be read (${messageOf(cause)}): restore it from a backup, or roll the table back to before it`,
      {
        cause,
      },
    )
  }
}
