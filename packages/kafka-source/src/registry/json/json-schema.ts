import type { JsonSchema } from '@tickets/core'
import { messageText } from '@tickets/core/internal'
import type { MessageFormat } from '../../protocol/message-format.ts'
import type { RegistryOptions } from '../connection.ts'
import type { SchemaLanguage } from '../language.ts'
import { registryFormat } from '../registry-format.ts'
import { checkJsonSchema } from './check.ts'

const encoder = new TextEncoder()

const language: SchemaLanguage = {
  schemaType: 'JSON',
  name: 'JSON',
  loadReader: async () => {},
  loadWriter: async () => {},
  copierOf({ schema }, target) {
    checkJsonSchema(JSON.parse(schema), target)
    return { copy: (bytes, from, to, out) => out.literal(bytes.subarray(from, to)) }
  },
  derive(schema) {
    const text = messageText(schema)
    // Registries compare drafts up to 7 only, and what is derived has nothing of later ones.
    const json: JsonSchema = { ...schema.jsonSchema(), $schema: 'http://json-schema.org/draft-07/schema#', title: schema.name }
    return { schema: JSON.stringify(json), encode: (row) => encoder.encode(text(row)) }
  },
}

/**
 * Returns the format of JSON values whose JSON Schemas are in a registry that speaks Confluent's API: Confluent's own, Apicurio, Redpanda.
 *
 * @throws `OPTION_INVALID` at once; later `REGISTRY_UNREACHABLE`, `REGISTRY_REFUSED`, `SCHEMA_MISMATCH`, `SCHEMA_UNKNOWN`
 * @example
 * kafkaSource({ …, schema: Ticket, topic: 'client_tickets', format: jsonSchema({ registry: 'http://localhost:8081' }) })
 */
export function jsonSchema(options: RegistryOptions): MessageFormat {
  return registryFormat(options, language)
}
