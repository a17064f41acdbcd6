import type { Batch } from '../../batch/batch.ts'
import { membersOf, validityOf, valueReader, wideReader } from '../../batch/columns.ts'
import type { Field } from '../../store/field.ts'
import { type Group, groupable } from '../../window/groups/keys.ts'
import { StateReader, type StateWriter } from './columns/state-bytes.ts'

/** Writes the key of row `i` of a batch: equal keys as equal bytes. */
export type WriteKey = (i: number, out: StateWriter) => void

const MISSING = 0
const PRESENT = 1
const encoder = new TextEncoder()

/** Returns what writes the keys that the rows of a batch have in some columns. */
export function keyWriter(batch: Batch<unknown>, by: readonly string[]): WriteKey {
  const [first, ...others] = by.map((name) => valueWriter(groupable(batch, name)))
  if (first && others.length === 0) return first
  const all = [first as WriteKey, ...others]
  return (i, out) => {
    for (const write of all) write(i, out)
  }
}

function valueWriter(group: Group): WriteKey {
  const isValid = validityOf(group.data)
  const write = plainWriter(group)
  return (i, out) => {
    if (!isValid(i)) return out.byte(MISSING)
    out.byte(PRESENT)
    write(i, out)
  }
}

function plainWriter({ field, data }: Group): WriteKey {
  switch (field.kind) {
    case 'string': {
      const offsets = data.valueOffsets as Int32Array
      const bytes = data.values as Uint8Array
      return (i, out) => out.bytes(bytes, offsets[i] as number, offsets[i + 1] as number)
    }
    case 'enum': {
      // By their texts, since the members of a later schema may have other codes.
      const members = membersOf(data).map((member) => encoder.encode(member))
      const codes = data.values as Int8Array
      return (i, out) => {
        const member = members[codes[i] as number] as Uint8Array
        out.bytes(member, 0, member.length)
      }
    }
    case 'number':
    case 'int32': {
      const values = data.values as Float64Array
      // -0 and 0 are one key, as in windows and in SQL.
      return (i, out) => out.number((values[i] as number) + 0)
    }
    case 'integer':
    case 'instant': {
      const read = wideReader(data)
      return (i, out) => out.number(read(i))
    }
    case 'boolean': {
      const read = valueReader(field, data)
      return (i, out) => out.byte(read(i) ? 1 : 0)
    }
    default: {
      const read = valueReader(field, data)
      return (i, out) => out.text(read(i) as string)
    }
  }
}

/** Returns the values of a key that `keyWriter` wrote; a value that is missing is `missing` of its field. */
export function keyValues(key: Uint8Array, fields: readonly Field[]): unknown[] {
  const from = new StateReader(key)
  return fields.map((field) => (from.byte() === MISSING ? (field.nullable ? null : undefined) : readValue(field, from)))
}

function readValue({ kind }: Field, from: StateReader): unknown {
  if (kind === 'number' || kind === 'int32' || kind === 'integer') return from.number()
  if (kind === 'instant') return new Date(from.number())
  if (kind === 'boolean') return from.byte() === 1
  return from.text()
}
