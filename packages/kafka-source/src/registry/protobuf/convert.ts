import type { Field, Type } from 'protobufjs'
import { mismatch, missing } from '../mismatch.ts'
import { anyTarget, type Target } from '../target.ts'
import { isWrapper, knownConvert } from './known.ts'
import { protobufjs } from './load.ts'
import { type Convert, enumConvert, scalarConvert } from './scalars.ts'

/** What makes JSON of messages that no column describes, which may contain themselves. */
type Known = Map<Type, Convert>

const isAny = ({ kind }: Target) => kind === 'any' || kind === 'json'
const advice = 'change the column, or what producers send'

/**
 * Returns what makes JSON that the schema decodes of a message as protobufjs decodes it.
 *
 * @throws `SCHEMA_MISMATCH`, naming the path, where the target does not take the message
 * @example
 * converterOf(root.lookupType('Ticket'), rowTarget(Ticket))(message) // { ticket_id: '…', … }
 */
export function converterOf(type: Type, target: Target): Convert {
  return messageConvert(type, target, new Map())
}

function messageConvert(type: Type, target: Target, known: Known): Convert {
  const special = knownConvert(type.fullName, target)
  if (special === null) throw mismatch(target, `a ${type.fullName.slice(1)}`, advice)
  if (special) return special
  if (isWrapper(type.fullName)) {
    const inner = fieldConvert(type.fieldsArray[0] as Field, target, known)
    return (wrapper: { value: unknown }) => inner(wrapper.value as never)
  }
  if (!isAny(target)) return structConvert(type, target, known)
  const there = known.get(type)
  if (there) return there
  let made: Convert | null = null
  const convert: Convert = (value) => (made as Convert)(value)
  known.set(type, convert)
  made = structConvert(type, { ...target, members: new Map(), isStrict: true }, known)
  return convert
}

/** Returns the name that a field has in the JSON of its message. */
export const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

function structConvert(type: Type, target: Target, known: Known): Convert {
  const { members, isStrict } = target
  if (!members) throw mismatch(target, 'a message', advice)
  const parts = type.fieldsArray.flatMap((declared) => {
    const field = declared.resolve()
    // Producers write snake_case in .proto files, and columns may have the names of its JSON.
    const name = members.has(field.name) ? field.name : members.has(camel(field.name)) ? camel(field.name) : field.name
    const path = target.path === '' ? name : `${target.path}.${name}`
    const member = members.get(name) ?? (isStrict ? anyTarget(path) : null)
    if (!member) return []
    const hasPresence = field.hasPresence || field.resolvedType instanceof protobufjs().Type
    return [
      { name, field: field.name, convert: valueConvert(field, member, known), hasPresence: hasPresence && !field.repeated && !field.map, member },
    ]
  })
  const names = new Set(parts.map(({ name }) => name))
  for (const [name, member] of members)
    if (member.isRequired && !names.has(name))
      throw missing(
        member,
        type.fieldsArray.map((field) => field.name),
      )
  return (message: Readonly<Record<string, unknown>>) => {
    const row: Record<string, unknown> = {}
    for (const { name, field, convert, hasPresence, member } of parts) {
      if (!hasPresence || Object.hasOwn(message, field)) row[name] = convert(message[field] as never)
      else if (member.ofNull === 'null') row[name] = null
    }
    return row
  }
}

function valueConvert(field: Field, target: Target, known: Known): Convert {
  if (field instanceof protobufjs().MapField) {
    const value = fieldConvert(field, elementOf(target, 'map', 'a map'), known)
    // protobufjs has keys of 64 bits as eight characters.
    if (field.keyType.includes('64')) throw mismatch(target, 'a map with keys of 64 bits', advice)
    return (map: Readonly<Record<string, never>>) => Object.fromEntries(Object.entries(map).map(([key, item]) => [key, value(item)]))
  }
  if (!field.repeated) return fieldConvert(field, target, known)
  const element = fieldConvert(field, elementOf(target, 'list', 'repeated'), known)
  return (list: readonly never[]) => list.map((item) => element(item))
}

function elementOf(target: Target, kind: Target['kind'], there: string): Target {
  if (isAny(target)) return anyTarget(target.path)
  if (target.kind !== kind || !target.element) throw mismatch(target, there, advice)
  return target.element
}

function fieldConvert(field: Field, target: Target, known: Known): Convert {
  const { resolvedType } = field.resolve()
  if (resolvedType instanceof protobufjs().Type) return messageConvert(resolvedType, target, known)
  const convert = resolvedType ? enumConvert(resolvedType, target) : scalarConvert(field, target)
  if (convert) return convert
  throw mismatch(target, resolvedType ? 'an enum' : `of type ${field.type}`, advice)
}
