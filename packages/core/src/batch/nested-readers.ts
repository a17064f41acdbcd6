import type { Data } from 'apache-arrow'
import { byName } from '../base/own-names.ts'
import type { Field, VariantMember } from '../store/field.ts'

type Read = (i: number) => unknown
/** Makes the readers of what is inside. */
export interface Inside {
  readonly reader: (field: Field, data: Data) => Read
  readonly validityOf: (data: Data) => (i: number) => boolean
  readonly texts: (data: Data) => (i: number) => string
}

/** Returns a reader of structs as plain objects. A member that is absent is an absent key. */
export function structReader(field: Field, data: Data, { reader, validityOf }: Inside): Read {
  const { children = [], variants } = field
  const reads = children.map(({ name }, c) => ({
    name,
    isValid: validityOf(data.children[c] as Data),
    read: reader(children[c] as Field, data.children[c] as Data),
  }))
  const [discriminator, ...others] = reads
  if (!variants || !discriminator)
    return (i) => {
      // No member has a name that objects inherit (`fieldsOf`).
      const object: Record<string, unknown> = {}
      for (const { name, read } of reads) {
        const value = read(i)
        if (value !== undefined) object[name] = value
      }
      return object
    }
  const membersOf = (members: readonly VariantMember[]) =>
    members.flatMap(({ name, nullable }) => others.filter((other) => other.name === name).map((other) => ({ ...other, nullable })))
  const all = new Map(children[0]?.values.map((value, code) => [value, membersOf(variants[code] ?? [])]))
  return (i) => {
    const value = discriminator.read(i) as string
    const object: Record<string, unknown> = { [discriminator.name]: value }
    for (const { name, nullable, isValid, read } of all.get(value) ?? []) {
      // Another variant may allow null where this one has no key at all.
      if (isValid(i)) object[name] = read(i)
      else if (nullable) object[name] = null
    }
    return object
  }
}

/** Returns a reader of lists as arrays. */
export function listReader({ children = [] }: Field, data: Data, { reader }: Inside): Read {
  const offsets = data.valueOffsets as Int32Array
  const read = reader(children[0] as Field, data.children[0] as Data)
  return (i) => {
    const list: unknown[] = []
    for (let at = offsets[i] as number, end = offsets[i + 1] as number; at < end; at++) list.push(read(at))
    return list
  }
}

/** Returns a reader of maps as objects without a prototype: their keys are data. */
export function mapReader({ children = [] }: Field, data: Data, { reader, texts }: Inside): Read {
  const offsets = data.valueOffsets as Int32Array
  const [keys, values] = (data.children[0] as Data).children as [Data, Data]
  const key = texts(keys)
  const read = reader(children[0] as Field, values)
  return (i) => {
    const map = byName<unknown>()
    for (let at = offsets[i] as number, end = offsets[i + 1] as number; at < end; at++) map[key(at)] = read(at)
    return map
  }
}
