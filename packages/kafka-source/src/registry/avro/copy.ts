import { InvalidValue } from '../invalid-value.ts'
import { mismatch, missing } from '../mismatch.ts'
import { anyTarget, type Target } from '../target.ts'
import type { AvroType } from './parse.ts'
import { type Copy, scalarCopy } from './scalars.ts'
import { skipperOf } from './skip.ts'

type Record = Extract<AvroType, { readonly type: 'record' }>
type Union = Extract<AvroType, { readonly type: 'union' }>

const encoder = new TextEncoder()
/** Copiers of records that no column describes, which may contain themselves. */
type Known = Map<AvroType, Copy>

/**
 * Returns what copies values of a writer's type into a column, as JSON that the schema decodes.
 *
 * @throws `SCHEMA_MISMATCH`, naming the path, where the column does not take the type
 * @example
 * copierOf(parseAvro('"long"', new Map()), { path: 'id', kind: 'string', … }) // writes "9007199254740993" exactly
 */
export function copierOf(type: AvroType, target: Target, known: Known = new Map()): Copy {
  switch (type.type) {
    case 'record':
      return recordCopier(type, target, known)
    case 'union':
      return unionCopy(type, target, known)
    case 'array':
      return listCopy(copierOf(type.items, elementOf(target, 'list', 'an array'), known))
    case 'map':
      return mapCopy(copierOf(type.values, elementOf(target, 'map', 'a map'), known))
    case 'enum':
      return enumCopy(type.symbols, target)
    default:
      return scalarCopy(type, target)
  }
}

const isAny = ({ kind }: Target) => kind === 'any' || kind === 'json'

function elementOf(target: Target, kind: Target['kind'], there: string): Target {
  if (isAny(target)) return anyTarget(target.path)
  if (target.kind !== kind || !target.element) throw mismatch(target, there, 'change the column, or what producers send')
  return target.element
}

function listCopy(item: Copy): Copy {
  return (cursor, out) => {
    let isFirst = true
    out.byte(0x5b)
    cursor.items(() => {
      if (!isFirst) out.byte(0x2c)
      isFirst = false
      item(cursor, out)
    })
    out.byte(0x5d)
    return true
  }
}

function mapCopy(value: Copy): Copy {
  return (cursor, out) => {
    let isFirst = true
    out.byte(0x7b)
    cursor.items(() => {
      if (!isFirst) out.byte(0x2c)
      isFirst = false
      const from = cursor.block()
      out.text(cursor.bytes, from, cursor.at)
      out.byte(0x3a)
      value(cursor, out)
    })
    out.byte(0x7d)
    return true
  }
}

function enumCopy(symbols: readonly string[], target: Target): Copy {
  if (!isAny(target) && target.kind !== 'string' && target.kind !== 'enum')
    throw mismatch(target, 'an enum', 'change the column, or what producers send')
  const texts = symbols.map((symbol) => encoder.encode(JSON.stringify(symbol)))
  return (cursor, out) => {
    const index = cursor.size()
    const text = texts[index]
    if (!text) throw new InvalidValue(`${target.path}: member ${index} of an enum of ${texts.length}: the value is damaged`)
    out.literal(text)
    return true
  }
}

function unionCopy({ branches }: Union, target: Target, known: Known): Copy {
  const copies = branches.map((branch) => copierOf(branch, target, known))
  return (cursor, out) => {
    const index = cursor.size()
    const copy = copies[index]
    if (!copy) throw new InvalidValue(`${target.path}: branch ${index} of a union of ${copies.length}: the value is damaged`)
    return copy(cursor, out)
  }
}

/** A record that no column describes is made once, so that one that contains itself ends. */
function recordCopier(type: Record, target: Target, known: Known): Copy {
  if (!isAny(target)) return recordCopy(type, target, known)
  const there = known.get(type)
  if (there) return there
  let made: Copy | null = null
  const copy: Copy = (cursor, out) => (made as Copy)(cursor, out)
  known.set(type, copy)
  made = recordCopy(type, { ...target, members: new Map(), isStrict: true }, known)
  return copy
}

function recordCopy({ fields }: Record, target: Target, known: Known): Copy {
  const { members } = target
  if (!members) throw mismatch(target, 'a record', 'change the column, or what producers send')
  const names = new Set(fields.map(({ name }) => name))
  for (const [name, member] of members) if (member.isRequired && !names.has(name)) throw missing(member, [...names])
  const parts = fields.map(({ name, type }) => {
    const path = target.path === '' ? name : `${target.path}.${name}`
    const member = members.get(name) ?? (target.isStrict ? anyTarget(path) : null)
    const key = encoder.encode(`${JSON.stringify(name)}:`)
    return member ? { key, copy: copierOf(type, member, known) } : { key, copy: null, skip: skipperOf(type) }
  })
  return (cursor, out) => {
    let isFirst = true
    cursor.enter()
    out.byte(0x7b)
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i] as (typeof parts)[number]
      if (part.copy === null) {
        part.skip(cursor)
        continue
      }
      const before = out.length
      if (!isFirst) out.byte(0x2c)
      out.literal(part.key)
      if (part.copy(cursor, out)) isFirst = false
      else out.length = before
    }
    out.byte(0x7d)
    cursor.leave()
    return true
  }
}
