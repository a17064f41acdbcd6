import avsc from 'avsc'
import { InvalidValue } from '../invalid-value.ts'
import { JsonOut } from '../json-out.ts'
import type { Target } from '../target.ts'
import { copierOf } from './copy.ts'
import { AvroCursor } from './cursor.ts'
import { parseAvro } from './parse.ts'

/** Returns the bytes of a value as avsc encodes it. */
export const encoded = (schema: unknown, value: unknown): Uint8Array =>
  avsc.Type.forSchema(schema as avsc.Schema, { wrapUnions: true }).toBuffer(value)

/** Returns a target of one kind. */
export const targetOf = (kind: Target['kind'], more: Partial<Target> = {}): Target => ({ path: 'c', kind, isRequired: true, ofNull: 'null', ...more })

/** Returns what is copied of bytes into a column as JSON text; `'omitted'` where nothing is. */
export function copied(schema: unknown, bytes: Uint8Array, target: Target): string {
  const out = new JsonOut()
  const cursor = new AvroCursor()
  cursor.open(bytes, 0, bytes.length)
  const isThere = copierOf(parseAvro(JSON.stringify(schema), new Map()), target)(cursor, out)
  if (cursor.at !== bytes.length) throw new InvalidValue(`${bytes.length - cursor.at} bytes are left`)
  return isThere ? Buffer.from(out.bytes.subarray(0, out.length)).toString() : 'omitted'
}
