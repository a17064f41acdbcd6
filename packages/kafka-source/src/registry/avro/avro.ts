import { TicketsError } from '@tickets/core'
import type * as Avsc from 'avsc'
import type { MessageFormat } from '../../protocol/message-format.ts'
import type { RegistryOptions } from '../connection.ts'
import { InvalidValue } from '../invalid-value.ts'
import type { SchemaLanguage } from '../language.ts'
import { registryFormat } from '../registry-format.ts'
import { copierOf } from './copy.ts'
import { AvroCursor } from './cursor.ts'
import { deriveAvro } from './derive.ts'
import { type AvroNames, parseAvro } from './parse.ts'

type Library = typeof Avsc.default

let avsc: Library | null = null

async function load(): Promise<void> {
  try {
    // A CommonJS module: Node does not find all of its names.
    const { default: library } = await import('avsc')
    avsc ??= library
  } catch (cause) {
    throw new TicketsError('OPTION_INVALID', 'writing Avro needs the package avsc, which is not installed: npm i avsc', { cause })
  }
}

/** A long for avsc's encoder, whose own is inexact from 2^52 on. */
const longType = ({ types }: Library): Avsc.Type =>
  types.LongType.__with({
    toBuffer(value: number) {
      const bytes = Buffer.allocUnsafe(8)
      bytes.writeBigInt64LE(BigInt(value))
      return bytes
    },
    fromBuffer: (bytes: Buffer) => Number(bytes.readBigInt64LE()),
    fromJSON: Number,
    toJSON: (value: number) => value,
    isValid: Number.isSafeInteger,
    compare: (a: number, b: number) => a - b,
  })

/** The cursor is open only while one value is copied, so one serves all. */
const cursor = new AvroCursor()

const language: SchemaLanguage = {
  schemaType: 'AVRO',
  name: 'Avro',
  loadReader: async () => {},
  loadWriter: load,
  copierOf({ schema, dependencies }, target) {
    const names: AvroNames = new Map()
    for (const dependency of dependencies) parseAvro(dependency.schema, names)
    const copy = copierOf(parseAvro(schema, names), target)
    return {
      copy(bytes, from, to, out) {
        cursor.open(bytes, from, to)
        copy(cursor, out)
        if (cursor.at !== to) throw new InvalidValue(`${to - cursor.at} bytes are left behind the value`)
      },
    }
  },
  derive(schema) {
    const { schema: json, convert } = deriveAvro(schema)
    const { Type } = avsc as Library
    const type = Type.forSchema(json as Avsc.Schema, { registry: { long: longType(avsc as Library) } })
    return { schema: JSON.stringify(json), encode: (row) => type.toBuffer(convert(row)) }
  },
}

/**
 * Returns the format of Avro values whose schemas are in a registry that speaks Confluent's API: Confluent's own, Apicurio, Redpanda.
 *
 * Reading compares each writer's schema with the columns before a row of it is decoded; writing derives a schema from the columns. Writing needs the
 * package `avsc`.
 *
 * @throws `OPTION_INVALID` at once; later `REGISTRY_UNREACHABLE`, `REGISTRY_REFUSED`, `SCHEMA_MISMATCH`, `SCHEMA_UNKNOWN`, `SCHEMA_UNSUPPORTED`
 * @example
 * kafkaSource({ …, schema: Ticket, topic: 'client_tickets', format: avro({ registry: 'http://localhost:8081' }) })
 */
export function avro(options: RegistryOptions): MessageFormat {
  return registryFormat(options, language)
}
