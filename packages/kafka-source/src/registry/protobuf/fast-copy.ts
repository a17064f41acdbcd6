import type { Field, Type } from 'protobufjs'
import type { JsonOut } from '../json-out.ts'
import type { Target } from '../target.ts'
import { camel, converterOf } from './convert.ts'
import { type FastCopy, type FastValue, fastEnum, fastScalar, fastTimestamp } from './fast-values.ts'
import { isWrapper } from './known.ts'
import { protobufjs } from './load.ts'
import { WireCursor } from './wire.ts'

interface Part {
  /** Its name and a colon, as JSON. */
  readonly key: Uint8Array
  readonly copy: FastCopy
  /** What stands for it where the message does not have it; null for nothing. */
  readonly absent: Uint8Array | null
}

const encoder = new TextEncoder()

/**
 * Returns what copies a message to JSON without protobufjs, or null where a message of this type needs it. It returns false for a value that is not as
 * most are (a field that comes twice, an unknown member): then protobufjs decides, and what was written does not count.
 *
 * `converterOf` has accepted the type already, and gives what absent fields are.
 */
export function fastCopyOf(type: Type, target: Target): ((bytes: Uint8Array, out: JsonOut) => boolean) | null {
  const message = fastMessage(type, target)
  if (!message) return null
  const cursor = new WireCursor()
  return (bytes, out) => {
    cursor.open(bytes)
    return message(cursor, out)
  }
}

function fastMessage(type: Type, target: Target): FastCopy | null {
  const { members, isStrict } = target
  if (target.kind !== 'struct' || !members || isStrict) return null
  const parts: Part[] = []
  /** Tag → part; -1 for a field of this number that stands otherwise on the wire. */
  const byTag = new Map<number, number>()
  const empty = converterOf(type, target)(type.decode(new Uint8Array(0)) as never) as Readonly<Record<string, unknown>>
  for (const declared of type.fieldsArray) {
    const field = declared.resolve()
    const name = members.has(field.name) ? field.name : camel(field.name)
    const member = members.get(name)
    if (!member) continue
    const inner = field.repeated ? member.element : member
    const value = inner && !field.map ? fastValue(field, inner) : null
    if (!value) return null
    const absent = Object.hasOwn(empty, name) ? encoder.encode(`${JSON.stringify(name)}:${JSON.stringify(empty[name])}`) : null
    const isPacked = field.repeated && value.wire !== 2
    for (const wire of [0, 1, 2, 3, 4, 5]) byTag.set((field.id << 3) | wire, wire === (isPacked ? 2 : value.wire) ? parts.length : -1)
    const list = isPacked ? packedList(value.copy) : lists(value.copy, (field.id << 3) | value.wire)
    parts.push({ key: encoder.encode(`${JSON.stringify(name)}:`), copy: field.repeated ? list : value.copy, absent })
  }
  return (cursor, out) => copyMessage(cursor, out, parts, byTag)
}

function copyMessage(cursor: WireCursor, out: JsonOut, parts: readonly Part[], byTag: ReadonlyMap<number, number>): boolean {
  const seen = new Uint8Array(parts.length)
  let isFirst = true
  out.byte(0x7b)
  while (cursor.at < cursor.end) {
    const tag = cursor.small()
    const index = byTag.get(tag)
    if (index === undefined) {
      if (tag < 8 || !cursor.skip(tag)) return false
      continue
    }
    const part = parts[index]
    if (!part || seen[index]) return false
    seen[index] = 1
    if (!isFirst) out.byte(0x2c)
    isFirst = false
    out.literal(part.key)
    if (!part.copy(cursor, out)) return false
  }
  for (let i = 0; i < parts.length; i++) {
    const { absent } = parts[i] as Part
    if (seen[i] || absent === null) continue
    if (!isFirst) out.byte(0x2c)
    isFirst = false
    out.literal(absent)
  }
  out.byte(0x7d)
  return true
}

/** Copies the values of a repeated field, which mostly follow each other. */
const lists =
  (copy: FastCopy, tag: number): FastCopy =>
  (cursor, out) => {
    out.byte(0x5b)
    for (let isFirst = true; ; isFirst = false) {
      if (!isFirst) out.byte(0x2c)
      if (!copy(cursor, out)) return false
      const before = cursor.at
      if (cursor.at < cursor.end && cursor.small() === tag) continue
      cursor.at = before
      out.byte(0x5d)
      return true
    }
  }

/** Copies the values of a repeated field in one block. */
const packedList =
  (copy: FastCopy): FastCopy =>
  (cursor, out) => {
    const { end } = cursor
    const stop = cursor.block()
    if (stop < 0) return false
    cursor.end = stop
    out.byte(0x5b)
    for (let isFirst = true; cursor.at < stop; isFirst = false) {
      if (!isFirst) out.byte(0x2c)
      if (!copy(cursor, out)) return false
    }
    out.byte(0x5d)
    cursor.end = end
    return true
  }

function fastValue(field: Field, target: Target): FastValue | null {
  const { resolvedType } = field
  const { Enum, Type } = protobufjs()
  if (resolvedType instanceof Enum) return fastEnum(resolvedType)
  if (!(resolvedType instanceof Type)) return fastScalar(field.type, target)
  if (resolvedType.fullName === '.google.protobuf.Timestamp' && target.kind === 'instant') return fastTimestamp(target)
  if (isWrapper(resolvedType.fullName) || /^\.(google|confluent)\./.test(resolvedType.fullName)) return null
  const message = fastMessage(resolvedType, target)
  return message && { wire: 2, copy: nested(message) }
}

const nested =
  (message: FastCopy): FastCopy =>
  (cursor, out) => {
    const { end } = cursor
    const stop = cursor.block()
    if (stop < 0) return false
    cursor.end = stop
    if (!message(cursor, out) || cursor.at !== stop) return false
    cursor.end = end
    return true
  }
