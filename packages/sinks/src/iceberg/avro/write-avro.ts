import { deflateRawSync } from 'node:zlib'
import { exactJson } from '../spec/exact-json.ts'
import { type AvroObject, type AvroRecord, type AvroSchema, type AvroValue, MAGIC, type Names, namesIn, resolved, SYNC } from './avro-schema.ts'

const utf8 = new TextEncoder()

/** Whole numbers below this are written without bigints, which are slow. */
const SMALL = 2 ** 30

/** Collects bytes. */
class Bytes {
  #bytes = new Uint8Array(1024)
  #length = 0

  add(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  byte(value: number): void {
    this.#reserve(1)
    this.#bytes[this.#length++] = value
  }

  /** Writes an int or a long, those near zero in few bytes. */
  long(value: number | bigint): void {
    if (typeof value === 'number' && Math.abs(value) < SMALL) {
      let left = ((value << 1) ^ (value >> 31)) >>> 0
      for (; left >= 0x80; left >>>= 7) this.byte((left & 0x7f) | 0x80)
      this.byte(left)
      return
    }
    const signed = BigInt(value)
    let left = BigInt.asUintN(64, (signed << 1n) ^ (signed >> 63n))
    for (; left >= 0x80n; left >>= 7n) this.byte(Number(left & 0x7fn) | 0x80)
    this.byte(Number(left))
  }

  /** Writes bytes with their length before them. */
  bytes(bytes: Uint8Array): void {
    this.long(bytes.length)
    this.add(bytes)
  }

  text(text: string): void {
    this.bytes(utf8.encode(text))
  }

  done(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more))
    larger.set(this.#bytes)
    this.#bytes = larger
  }
}

/** Returns whether a value may be one of a member of a union. */
function fits(value: AvroValue, given: AvroSchema, names: Names): boolean {
  const schema = resolved(given, names)
  const type = typeof schema === 'string' ? schema : (schema as AvroObject).type
  switch (type) {
    case 'null':
      return value === null || value === undefined
    case 'boolean':
      return typeof value === 'boolean'
    case 'int':
    case 'long':
      return typeof value === 'bigint' || Number.isSafeInteger(value)
    case 'float':
    case 'double':
      return typeof value === 'number'
    case 'string':
    case 'enum':
      return typeof value === 'string'
    case 'bytes':
    case 'fixed':
      return value instanceof Uint8Array
    case 'array':
      return Array.isArray(value)
    default:
      return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  }
}

function writeValue(out: Bytes, given: AvroSchema, value: AvroValue, names: Names): void {
  const schema = resolved(given, names)
  if (Array.isArray(schema)) {
    const branch = (schema as readonly AvroSchema[]).findIndex((one) => fits(value, one, names))
    if (branch < 0) throw new TypeError(`no type of ${JSON.stringify(schema)} holds ${String(value)}`)
    out.long(branch)
    writeValue(out, schema[branch] as AvroSchema, value, names)
    return
  }
  const object = (typeof schema === 'string' ? { type: schema } : schema) as AvroObject
  if (!fits(value, schema as AvroSchema, names)) throw new TypeError(`Avro type ${String(object.type)} does not hold ${String(value)}`)
  switch (object.type) {
    case 'null':
      break
    case 'boolean':
      out.byte(value ? 1 : 0)
      break
    case 'int':
    case 'long':
      out.long(value as number | bigint)
      break
    case 'float':
      out.add(new Uint8Array(Float32Array.of(value as number).buffer))
      break
    case 'double':
      out.add(new Uint8Array(Float64Array.of(value as number).buffer))
      break
    case 'bytes':
      out.bytes(value as Uint8Array)
      break
    case 'fixed':
      out.add(value as Uint8Array)
      break
    case 'string':
      out.text(value as string)
      break
    case 'enum':
      out.long((object.symbols ?? []).indexOf(value as string))
      break
    case 'array': {
      const list = value as readonly AvroValue[]
      if (list.length > 0) out.long(list.length)
      for (const item of list) writeValue(out, object.items as AvroSchema, item, names)
      out.long(0)
      break
    }
    case 'map': {
      const entries = Object.entries(value as AvroRecord)
      if (entries.length > 0) out.long(entries.length)
      for (const [key, item] of entries) {
        out.text(key)
        writeValue(out, object.values as AvroSchema, item, names)
      }
      out.long(0)
      break
    }
    case 'record':
      for (const field of object.fields ?? []) writeValue(out, field.type, (value as AvroRecord)[field.name] ?? null, names)
      break
    default:
      throw new TypeError(`Avro type ${String(object.type)} is not known`)
  }
}

/** Records in one block; a block is compressed as a whole. */
const BLOCK_RECORDS = 4096

/**
 * Returns an Avro file of records. The bytes between its blocks are zeros: they only help readers that begin in the middle of a file.
 *
 * @param metadata what the head of the file says, beside the schema and the codec
 */
export function writeAvro(schema: AvroSchema, records: readonly AvroRecord[], metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const out = new Bytes()
  out.add(MAGIC)
  const names = namesIn(schema)
  const head: Readonly<Record<string, string>> = { 'avro.schema': exactJson(schema), 'avro.codec': 'deflate', ...metadata }
  out.long(Object.keys(head).length)
  for (const [key, value] of Object.entries(head)) {
    out.text(key)
    out.text(value)
  }
  out.long(0)
  const sync = new Uint8Array(SYNC)
  out.add(sync)
  for (let from = 0; from < records.length; from += BLOCK_RECORDS) {
    const block = new Bytes()
    const some = records.slice(from, from + BLOCK_RECORDS)
    for (const record of some) writeValue(block, schema, record, names)
    out.long(some.length)
    out.bytes(head['avro.codec'] === 'deflate' ? deflateRawSync(block.done()) : block.done())
    out.add(sync)
  }
  return out.done()
}
