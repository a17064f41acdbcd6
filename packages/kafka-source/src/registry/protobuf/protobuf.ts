import { messageOf } from '@tickets/core'
import type { Type } from 'protobufjs'
import type { MessageFormat } from '../../protocol/message-format.ts'
import type { RegistryOptions } from '../connection.ts'
import { InvalidValue, isInvalidValue } from '../invalid-value.ts'
import type { JsonOut } from '../json-out.ts'
import type { SchemaLanguage } from '../language.ts'
import { registryFormat } from '../registry-format.ts'
import type { Target } from '../target.ts'
import { converterOf } from './convert.ts'
import { deriveProtobuf } from './derive.ts'
import { fastCopyOf } from './fast-copy.ts'
import { type ProtoMessage, protoMessages } from './files.ts'
import { readIndexPath } from './index-path.ts'
import { loadProtobufjs } from './load.ts'
import type { Convert } from './scalars.ts'

/** Returns what copies values of one message to JSON. */
function copyOf(type: Type, target: Target): (bytes: Uint8Array, out: JsonOut) => void {
  const convert: Convert = converterOf(type, target)
  const fast = fastCopyOf(type, target)
  return (bytes, out) => {
    const before = out.length
    if (fast?.(bytes, out)) return
    out.length = before
    out.json(JSON.stringify(convert(decoded(type, bytes) as never)))
  }
}

function decoded(type: Type, bytes: Uint8Array): object {
  try {
    return type.decode(bytes)
  } catch (cause) {
    throw isInvalidValue(cause) ? cause : new InvalidValue(`${messageOf(cause)}: the value is cut off or damaged`)
  }
}

const language: SchemaLanguage = {
  schemaType: 'PROTOBUF',
  name: 'Protobuf',
  loadReader: loadProtobufjs,
  loadWriter: loadProtobufjs,
  copierOf({ schema, dependencies }, target) {
    const messages = protoMessages(schema, dependencies)
    const [first] = messages
    if (!first?.type) throw new Error('it has no message')
    const copiers = new Map<string, ReturnType<typeof copyOf>>()
    // The only message of a file is compared at once, those of others when a value names them.
    if (messages.length === 1 && first.nested.length === 0) copiers.set('0', copyOf(first.type, target))
    const copierAt = (path: readonly number[]) => {
      const key = path.length === 1 ? String(path[0]) : path.join()
      const copy = copiers.get(key) ?? copyOf(typeAt(messages, path), target)
      copiers.set(key, copy)
      return copy
    }
    return {
      copy(bytes, from, to, out) {
        const { path, at } = readIndexPath(bytes, from, to)
        copierAt(path)(bytes.subarray(at, to), out)
      },
      prepare(bytes, from, to) {
        try {
          copierAt(readIndexPath(bytes, from, to).path)
        } catch (error) {
          // It becomes a dead letter when it is copied.
          if (!isInvalidValue(error)) throw error
        }
      },
    }
  },
  derive(schema, latest) {
    const { schema: text, message, convert } = deriveProtobuf(schema, latest?.schemaType === 'PROTOBUF' ? latest.schema : null)
    const type = protoMessages(text, []).find(({ type }) => type?.name === message)?.type as Type
    return {
      schema: text,
      encode: (row) => {
        const body = type.encode(convert(row)).finish()
        // The first message of the file.
        const framed = new Uint8Array(1 + body.length)
        framed.set(body, 1)
        return framed
      },
    }
  },
}

function typeAt(messages: readonly ProtoMessage[], path: readonly number[]): Type {
  let there = messages
  let found: Type | null = null
  for (const place of path) {
    const message = there[place]
    if (!message?.type) throw new InvalidValue(`message ${path.join('.')} of its schema, which is not there: the value is damaged`)
    found = message.type
    there = message.nested
  }
  return found as Type
}

/**
 * Returns the format of Protobuf values whose schemas are in a registry that speaks Confluent's API: Confluent's own, Apicurio, Redpanda. Needs the
 * package `protobufjs`.
 *
 * @throws `OPTION_INVALID` at once; later `REGISTRY_UNREACHABLE`, `REGISTRY_REFUSED`, `SCHEMA_MISMATCH`, `SCHEMA_UNKNOWN`, `SCHEMA_UNSUPPORTED`
 * @example
 * kafkaSource({ …, schema: Ticket, topic: 'client_tickets', format: protobuf({ registry: 'http://localhost:8081' }) })
 */
export function protobuf(options: RegistryOptions): MessageFormat {
  return registryFormat(options, language)
}
