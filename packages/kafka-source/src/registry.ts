/**
 * Formats of messages whose schemas are in a schema registry: Avro, Protobuf and JSON Schema.
 * @packageDocumentation
 */

export { avro } from './registry/avro/avro.ts'
export type { RegistryOptions } from './registry/connection.ts'
export { jsonSchema } from './registry/json/json-schema.ts'
export { protobuf } from './registry/protobuf/protobuf.ts'
