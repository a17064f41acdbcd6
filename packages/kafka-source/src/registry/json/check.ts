import { mismatch, missing } from '../mismatch.ts'
import type { Target } from '../target.ts'

/** What is read of a JSON Schema. */
interface Node {
  readonly type?: unknown
  readonly properties?: unknown
  readonly additionalProperties?: unknown
  readonly items?: unknown
}

const text = ['string']
const number = ['number', 'integer']

const takes: Readonly<Record<Target['kind'], readonly string[] | null>> = {
  string: text,
  enum: text,
  date: text,
  bytes: text,
  number,
  integer: number,
  int32: number,
  boolean: ['boolean'],
  decimal: [...text, ...number],
  instant: null,
  json: null,
  any: null,
  struct: ['object'],
  list: ['array'],
  map: ['object'],
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Compares a writer's JSON Schema with a target, as far as it says for sure that no value of it can be decoded: by `type`, `properties` and `items`. The
 * schema judges each message anyway.
 *
 * @throws `SCHEMA_MISMATCH`, naming the path
 */
export function checkJsonSchema(schema: unknown, target: Target): void {
  if (!isObject(schema)) return
  const { type, properties, additionalProperties, items }: Node = schema
  const accepted = target.kind === 'instant' ? (target.time === 'iso' ? text : number) : takes[target.kind]
  const types = (Array.isArray(type) ? type : [type]).filter((one) => one !== 'null')
  if (accepted && type !== undefined && !types.some((one) => accepted.includes(String(one))))
    throw mismatch(target, `of type ${types.join(' or ')}`, 'change the column, or what producers send')
  if (target.element && isObject(items)) checkJsonSchema(items, target.element)
  if (!target.members || !isObject(properties)) return
  for (const [name, member] of target.members) {
    if (Object.hasOwn(properties, name)) checkJsonSchema(properties[name], member)
    else if (member.isRequired && additionalProperties === false) throw missing(member, Object.keys(properties))
  }
}
