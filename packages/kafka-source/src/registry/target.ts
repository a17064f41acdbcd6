import type { Field, Kind, Schema } from '@tickets/core'
import { type EpochUnit, epochUnit, isInstant, unwrapped, zodDefinition, zodShape } from '@tickets/core/internal'

type Zod = Schema<unknown>['zod']

/** What a column takes from a message: how a value of a writer's schema must stand in the JSON that the schema decodes. */
export interface Target {
  /** Names it in errors, such as `payment.lines.element`. */
  readonly path: string
  /** `any` takes every value, each in the form that JSON has for it. */
  readonly kind: Kind | 'any'
  /** A writer's schema without it is refused. */
  readonly isRequired: boolean
  /** What a null of the message becomes: no key, where the column may be absent. */
  readonly ofNull: 'null' | 'omit'
  /** Of an instant: ISO text, a number of this unit, or a number that a function of the user's own reads. */
  readonly time?: 'iso' | EpochUnit | 'own'
  /** Of a struct: its members by name; null where they are not known. */
  readonly members?: ReadonlyMap<string, Target>
  /** Of a struct: keys that it does not know make a message invalid, so they have to be passed on. */
  readonly isStrict?: boolean
  /** Of a list or map. */
  readonly element?: Target
}

/** Returns a target for values that no column describes. */
export const anyTarget = (path: string): Target => ({ path, kind: 'any', isRequired: false, ofNull: 'null' })

/**
 * Returns the target of rows of a schema, or of some of their columns.
 *
 * @param refuses unknown keys make a message invalid at any depth
 */
export function rowTarget(schema: Schema<unknown>, fields: readonly Field[] = schema.fields, refuses = false): Target {
  return structTarget('', fields, schema.zod, refuses)
}

function structTarget(path: string, fields: readonly Field[], zod: Zod, refuses: boolean): Target {
  const { catchall, options } = zodDefinition(zod)
  const shapes = (options ?? [zod]).map(zodShape)
  const members = fields.map((field) => {
    const inner = path === '' ? field.name : `${path}.${field.name}`
    const type = shapes.find((shape) => Object.hasOwn(shape, field.name))?.[field.name]
    return [field.name, fieldTarget(inner, field, type, refuses)] as const
  })
  return { path, kind: 'struct', isRequired: true, ofNull: 'null', members: new Map(members), isStrict: refuses || catchall !== undefined }
}

function fieldTarget(path: string, field: Field, zod: Zod | undefined, refuses: boolean): Target {
  if (!zod) return anyTarget(path)
  const { type, fills } = unwrapped(zod)
  const { kind, nullable } = field
  const mayMiss = field.optional || fills
  // Avro and Protobuf have no absent value beside null.
  const common = { path, kind, isRequired: !mayMiss, ofNull: mayMiss && !nullable ? 'omit' : 'null' } as const
  const [child] = field.children ?? []
  const def = zodDefinition(type)
  switch (kind) {
    case 'struct':
      return { ...structTarget(path, field.children ?? [], type, refuses), ...common }
    case 'list':
      return { ...common, element: child ? fieldTarget(`${path}.element`, child, def.element, refuses) : anyTarget(`${path}.element`) }
    case 'map':
      return { ...common, element: child ? fieldTarget(`${path}.value`, child, def.valueType, refuses) : anyTarget(`${path}.value`) }
    case 'instant':
      return { ...common, time: timeOf(type) }
    default:
      return common
  }
}

/** Returns how messages have the times of a codec. */
export function timeOf(type: Zod): NonNullable<Target['time']> {
  const { transform, in: input } = zodDefinition(type)
  if (isInstant(transform)) return 'iso'
  return epochUnit(transform) ?? (input && zodDefinition(input).type === 'string' ? 'iso' : 'own')
}
