import type { $ZodShape, $ZodType } from 'zod/v4/core'

/** What is read of one check of a zod type. */
export interface ZodCheck {
  /** Absent in types that are no check of their own, as `z.string()` is none; `z.uuid()` and `z.int()` are. */
  readonly check?: string
  readonly format?: string
  readonly pattern?: unknown
  readonly fn?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly length?: number
  readonly value?: unknown
  readonly inclusive?: boolean
  readonly offset?: boolean
  readonly precision?: unknown
  readonly local?: boolean
}

/** What is read of a zod type. zod and zod/mini share it, and only `type` is there in all of them. */
export interface ZodDefinition extends ZodCheck {
  readonly type: string
  readonly checks?: readonly { readonly _zod: { readonly def: ZodCheck } }[]
  readonly innerType?: $ZodType
  readonly in?: $ZodType
  readonly out?: $ZodType
  readonly transform?: unknown
  readonly reverseTransform?: unknown
  readonly element?: $ZodType
  readonly keyType?: $ZodType
  readonly valueType?: $ZodType
  readonly discriminator?: string
  readonly options?: readonly $ZodType[]
  readonly entries?: Readonly<Record<string, string | number>>
  readonly values?: readonly (string | number | boolean)[]
  readonly shape?: $ZodShape
  readonly catchall?: $ZodType
  readonly defaultValue?: unknown
  readonly coerce?: boolean
}

/**
 * Returns the definition of a zod type. All reading of zod's internals goes through here.
 *
 * @example
 * zodDefinition(z.string().optional()).type // 'optional'
 */
export function zodDefinition(type: $ZodType): ZodDefinition {
  return type._zod.def as ZodDefinition
}

/**
 * Returns the definitions of the checks of a type, itself first where it is one: `z.int().min(1)` has two.
 *
 * @example
 * zodChecks(z.string().min(3)).map(({ check }) => check) // ['min_length']
 */
export function zodChecks(type: $ZodType): readonly ZodCheck[] {
  const definition = zodDefinition(type)
  const added = (definition.checks ?? []).map((check) => check._zod.def)
  return definition.check === undefined ? added : [definition, ...added]
}

/** Returns the columns of a zod object; none for any other type. */
export function zodShape(type: $ZodType): $ZodShape {
  return zodDefinition(type).shape ?? {}
}

/** Returns the type inside of optional, nullable and default ones, and whether one of those has a check or a default. */
export function unwrapped(zod: $ZodType): { readonly type: $ZodType; readonly isChecked: boolean; readonly fills: boolean } {
  let type = zod
  let isChecked = false
  let fills = false
  for (let def = zodDefinition(type); def.type === 'optional' || def.type === 'nullable' || def.type === 'default'; def = zodDefinition(type)) {
    if ((def.checks ?? []).length > 0) isChecked = true
    if (def.type === 'default') fills = true
    type = def.innerType as $ZodType
  }
  return { type, isChecked, fills }
}
