import type { Schema } from '@tickets/core'
import type { SchemaType } from './client.ts'
import type { JsonOut } from './json-out.ts'
import type { ResolvedSchema } from './schema-store.ts'
import type { Target } from './target.ts'

/** Copies values of one schema to JSON. `bytes[from, to)` is what follows the schema id. */
export interface Copier {
  /** Throws `InvalidValue` for a value that is none. */
  copy(bytes: Uint8Array, from: number, to: number, out: JsonOut): void
  /** Makes ready for a value, where a schema has several messages. Throws `SCHEMA_MISMATCH` where the target cannot take this one. */
  prepare?(bytes: Uint8Array, from: number, to: number): void
}

/** What is derived from a schema of ours to write its rows. */
export interface Derived<T> {
  /** The text to register. */
  readonly schema: string
  /** Returns the bytes that follow the schema id. */
  readonly encode: (row: T) => Uint8Array
}

/** What a language of schemas, such as Avro, does. */
export interface SchemaLanguage {
  readonly schemaType: SchemaType
  /** Its name in words, such as `Avro`. */
  readonly name: string
  /** Loads what reading needs. */
  loadReader(): Promise<void>
  /** Loads what writing needs. */
  loadWriter(): Promise<void>
  /** Returns what copies values of a writer's schema. Throws `SCHEMA_MISMATCH` where the target cannot take them. */
  copierOf(schema: ResolvedSchema, target: Target): Copier
  /** Returns a schema for rows of ours. `latest` is the newest one of the subject. Throws `SCHEMA_UNSUPPORTED`. */
  derive<T>(schema: Schema<T>, latest: ResolvedSchema | null): Derived<T>
}
