import type { $ZodType } from 'zod/v4/core'
import { isInstant } from '../../base/instant.ts'
import { type ZodCheck, type ZodDefinition, zodChecks, zodDefinition } from '../../base/zod-definition.ts'
import type { Field } from '../../batch/field.ts'

/** Limits of a text. zod 4 counted UTF-16 units at first and code points later, so both counts must fit. */
export interface TextRule {
  readonly min: number
  readonly max: number
  readonly patterns: readonly RegExp[]
}

export interface NumberRule {
  readonly integer: boolean
  readonly min: number
  readonly max: number
  readonly above: number
  readonly below: number
}

/** Proves that a zod type accepts a value as it is. `zod` means that only zod can decide. */
export type Rule =
  | ({ readonly is: 'text' } & TextRule)
  | ({ readonly is: 'number' } & NumberRule)
  | { readonly is: 'boolean' | 'enum' | 'instant' | 'zod' }

/** The formats of zod that are their pattern and nothing else: `url` and others have code of their own, and some change the text. */
const patterned = new Set(['regex', 'uuid', 'guid', 'email', 'ulid', 'nanoid', 'cuid2', 'date', 'time', 'datetime'])

const int32 = { min: -(2 ** 31), max: 2 ** 31 - 1 }
const ranges: Readonly<Record<string, { min: number; max: number }>> = {
  safeint: { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER },
  int32,
  uint32: { min: 0, max: 2 ** 32 - 1 },
}

const only: Rule = { is: 'zod' }

function textRule(checks: readonly ZodCheck[]): Rule {
  let min = 0
  let max = Number.POSITIVE_INFINITY
  const patterns: RegExp[] = []
  for (const { check, format = '', pattern, fn, minimum, maximum, length } of checks) {
    if (check === 'min_length' && minimum !== undefined) min = Math.max(min, minimum)
    else if (check === 'max_length' && maximum !== undefined) max = Math.min(max, maximum)
    else if (check === 'length_equals' && length !== undefined) {
      min = Math.max(min, length)
      max = Math.min(max, length)
    } else if (check === 'string_format' && patterned.has(format) && fn === undefined && pattern instanceof RegExp) patterns.push(pattern)
    else return only
  }
  return { is: 'text', min, max, patterns }
}

function numberRule(checks: readonly ZodCheck[], field: Field): Rule {
  let integer = field.kind !== 'number'
  let [min, max] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  // Infinity, which 1e400 reads as, is not below itself: zod refuses it.
  let [above, below] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  const within = (range: { min: number; max: number }) => {
    integer = true
    min = Math.max(min, range.min)
    max = Math.min(max, range.max)
  }
  if (field.kind === 'int32') within(int32)
  for (const { check, format = '', value, inclusive } of checks) {
    const range = ranges[format]
    if (check === 'number_format' && range) within(range)
    else if (check === 'greater_than' && typeof value === 'number' && inclusive) min = Math.max(min, value)
    else if (check === 'greater_than' && typeof value === 'number') above = Math.max(above, value)
    else if (check === 'less_than' && typeof value === 'number' && inclusive) max = Math.min(max, value)
    else if (check === 'less_than' && typeof value === 'number') below = Math.min(below, value)
    else return only
  }
  return { is: 'number', integer, min, max, above, below }
}

/** Returns whether the type is our `instant()`, with nothing added. */
function isOurInstant(def: ZodDefinition): boolean {
  if (!isInstant(def.transform) || !def.in || !def.out) return false
  const text = zodDefinition(def.in)
  const plain = text.format === 'datetime' && text.offset === true && text.local !== true && (text.precision ?? null) === null
  return plain && (text.checks ?? []).length === 0 && (zodDefinition(def.out).checks ?? []).length === 0
}

export interface FieldRule {
  readonly rule: Rule
  /** It may be absent from a row, and no check of the user must see that. */
  readonly mayMiss: boolean
}

/** Returns the rule of a field, and whether it may be absent without a check of the user. */
export function ruleOf(field: Field, zod: $ZodType): FieldRule {
  let type = zod
  let def = zodDefinition(type)
  while (def.type === 'optional' || def.type === 'nullable') {
    if ((def.checks ?? []).length > 0) return { rule: only, mayMiss: false }
    type = def.innerType as $ZodType
    def = zodDefinition(type)
  }
  const checks = zodChecks(type)
  const ruled = (): Rule => {
    if (field.kind === 'string') return textRule(checks)
    if (field.kind === 'number' || field.kind === 'integer' || field.kind === 'int32') return numberRule(checks, field)
    if (checks.length > 0) return only
    if (field.kind === 'instant') return isOurInstant(def) ? { is: 'instant' } : only
    return { is: field.kind }
  }
  return { rule: ruled(), mayMiss: field.optional }
}
