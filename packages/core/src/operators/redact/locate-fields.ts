import { TicketsError } from '../../base/errors.ts'
import { suggestion } from '../../base/nearest.ts'
import type { Schema } from '../../batch/batch.ts'
import { elementOf } from '../../store/column-store.ts'
import type { Field } from '../../store/field.ts'
import type { Redaction } from './redacted-row.ts'

/** What is named in a row: the names of columns or members, each with what is named inside of it, or with null where it is meant itself. */
export type Plan = ReadonlyMap<string, Plan | null>
type Growing = Map<string, Growing | null>

/**
 * Returns where the named fields are in a schema.
 *
 * @throws `OPTION_INVALID` where there is no such field, or where the redaction does not go with it
 */
export function locateFields(schema: Schema<unknown>, paths: readonly string[], how: Redaction): Plan {
  const plan: Growing = new Map()
  for (const path of paths) {
    const way = search(schema.fields, path)
    if (!way) throw refused(path, `${schema.name} has no such field. ${suggestion(path, pathsIn(schema.fields))}`)
    checkColumn(schema, path, way, how)
    if (how !== 'drop') checkKind(path, way.at(-1) as Field, how)
    put(plan, path, way)
  }
  checkLeft(schema.name, schema.fields, plan, how)
  return plan
}

const refused = (path: string, why: string) => new TicketsError('OPTION_INVALID', `redact cannot take "${path}": ${why}`)

/** The members of the objects of a column: a struct's own, or those of the elements of a list or the values of a map. */
function membersOf(field: Field): readonly Field[] {
  if (field.kind === 'struct') return field.children ?? []
  return field.kind === 'list' || field.kind === 'map' ? membersOf(elementOf(field)) : []
}

/** The column at a path and the members on the way. A name with dots comes before a path. */
function search(fields: readonly Field[], path: string): readonly Field[] | null {
  const own = fields.find(({ name }) => name === path)
  if (own) return [own]
  for (const field of fields) {
    if (!path.startsWith(`${field.name}.`)) continue
    const inner = search(membersOf(field), path.slice(field.name.length + 1))
    if (inner) return [field, ...inner]
  }
  return null
}

function pathsIn(fields: readonly Field[]): string[] {
  return fields.flatMap((field) => [field.name, ...pathsIn(membersOf(field)).map((path) => `${field.name}.${path}`)])
}

function checkColumn(schema: Schema<unknown>, path: string, way: readonly Field[], how: Redaction): void {
  const [first] = way
  if (way.length > 1) return
  if (first?.name === schema.time)
    throw refused(path, 'it is the event time, which windows and watermarks use. Drop it in the sink or round it in the source')
  // Masked keys are all the same, and rows of one key replace each other in a table.
  if (how !== 'hash' && schema.keys.includes(path)) throw refused(path, `it is a key of ${schema.name}. Hash it, or redact before the window`)
}

const texts = new Set(['string', 'enum'])
const hashable = new Set(['string', 'enum', 'integer', 'int32', 'date'])

/** What lists and maps hold is redacted element by element. */
const innermost = (field: Field): Field => (field.kind === 'list' || field.kind === 'map' ? innermost(elementOf(field)) : field)

/** Returns the paths of the members that are of these kinds, without the discriminators of unions, which have to stay. */
function takenIn(field: Field, kinds: ReadonlySet<string>): string[] {
  const members = membersOf(field).slice(innermost(field).variants ? 1 : 0)
  return members.flatMap((member) => {
    if (kinds.has(innermost(member).kind)) return [member.name]
    return takenIn(member, kinds).map((path) => `${member.name}.${path}`)
  })
}

function checkKind(path: string, field: Field, how: Redaction): void {
  const { kind } = innermost(field)
  if (kind === 'struct') {
    const [member] = takenIn(field, how === 'mask' ? texts : hashable)
    if (member !== undefined)
      throw refused(path, `it holds objects. ${how === 'mask' ? 'Mask' : 'Hash'} their members, such as "${path}.${member}", or drop it`)
    const instead = how === 'mask' ? '' : ', or make a column of text with withColumn'
    throw refused(path, `it holds objects without a member that can be ${how === 'mask' ? 'masked' : 'hashed'}. Drop it${instead}`)
  }
  if (how === 'mask' && !texts.has(kind))
    throw refused(path, `only text can be masked, and it is of kind ${kind}. Drop it${hashable.has(kind) ? ', or hash it' : ''}`)
  if (how === 'hash' && !hashable.has(kind))
    throw refused(path, `text, whole numbers and dates can be hashed, and it is of kind ${kind}. Drop it, or make a column of text with withColumn`)
}

function put(plan: Growing, path: string, way: readonly Field[]): void {
  let level = plan
  for (const [i, { name }] of way.entries()) {
    const known = level.get(name)
    const isLast = i === way.length - 1
    if (known === null || (isLast && known)) throw refused(path, 'it is named twice, itself or with what is around it. Name it once')
    const inner: Growing = known ?? new Map()
    level.set(name, isLast ? null : inner)
    level = inner
  }
}

/** A union cannot do without its discriminator, an object not without members, and a row not without columns. */
function checkLeft(path: string, fields: readonly Field[], plan: Plan, how: Redaction, variants?: Field['variants']): void {
  const tag = variants && fields[0]
  if (tag && plan.has(tag.name)) throw refused(`${path}.${tag.name}`, 'it tells the variants of a union apart')
  if (how === 'drop' && fields.every(({ name }) => plan.get(name) === null)) throw refused(path, 'nothing would be left of it. Drop it whole')
  for (const field of fields) {
    const inner = plan.get(field.name)
    if (inner) checkLeft(field.name, membersOf(field), inner, how, innermost(field).variants)
  }
}
