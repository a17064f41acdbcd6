import type { $ZodType } from 'zod/v4/core'
import { unwrapped, type ZodCheck, type ZodDefinition, zodChecks, zodDefinition } from '../../base/zod-definition.ts'
import type { Schema } from '../../batch/batch.ts'
import type { Field } from '../../store/field.ts'
import type { EpochUnit } from '../../values/epoch.ts'
import { epochUnit, isInstant } from '../../values/instant.ts'
import { inputOf } from '../input/input.ts'
import { isPlain } from './read.ts'

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
  | { readonly is: 'epoch'; readonly unit: EpochUnit }
  | { readonly is: 'object'; readonly plan: RowPlan }
  | { readonly is: 'list'; readonly element: FieldRule; readonly min: number; readonly max: number }
  | { readonly is: 'boolean' | 'enum' | 'instant' | 'date' | 'decimal' | 'zod' }
  /** Not from the message's value: the fields that are no columns, and what lies around the value, which the caller writes. */
  | { readonly is: 'rest' | 'part' }

/** Describes a fast decoder of objects as plain data, which can go to another thread. */
export interface RowPlan {
  readonly fields: readonly Field[]
  readonly rules: readonly FieldRule[]
  /** Unknown keys make a message invalid. */
  readonly strict: boolean
}

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

/** Returns the rule of our `instant()` or `instant({ epoch })`, with nothing added. */
function instantRule(def: ZodDefinition): Rule {
  const unit = epochUnit(def.transform)
  if (unit === null) return isOurInstant(def) ? { is: 'instant' } : only
  const checks = [def.in, def.out].flatMap((type) => (type ? zodChecks(type) : []))
  return checks.length === 0 ? { is: 'epoch', unit } : only
}

/** Returns the rule of a list: the number of its elements counts, as of the characters of a text. */
function listRule(field: Field, { element }: ZodDefinition, checks: readonly ZodCheck[], refuses: boolean): Rule {
  const [inside] = field.children ?? []
  const lengths = textRule(checks)
  if (!inside || !element || lengths.is !== 'text' || lengths.patterns.length > 0) return only
  return { is: 'list', element: ruleOf(inside, element, refuses), min: lengths.min, max: lengths.max }
}

export interface FieldRule {
  readonly rule: Rule
  /** It may be absent from a row, and no check of the user must see that. */
  readonly mayMiss: boolean
  /** What an absent one is comes from zod: it has a default. */
  readonly fills: boolean
}

/** Returns the rule of a field, and whether it may be absent without a check of the user. */
export function ruleOf(field: Field, zod: $ZodType, refuses = false): FieldRule {
  const { type, isChecked, fills } = unwrapped(zod)
  if (isChecked) return { rule: only, mayMiss: false, fills: false }
  return { rule: typeRule(field, type, refuses), mayMiss: field.optional && !fills, fills }
}

function typeRule(field: Field, type: $ZodType, refuses: boolean): Rule {
  const checks = zodChecks(type)
  const def = zodDefinition(type)
  switch (field.kind) {
    case 'string':
      return textRule(checks)
    case 'number':
    case 'integer':
    case 'int32':
      return def.type === 'literal' ? only : numberRule(checks, field)
    case 'date':
      // Its format and its mark.
      return checks.length === 2 ? { is: 'date' } : only
    case 'list':
      return listRule(field, def, checks, refuses)
    case 'json':
    case 'bytes':
    case 'map':
      return only
    case 'struct': {
      const plan = def.type === 'object' ? objectPlan(field.children ?? [], type, refuses) : null
      return plan ? { is: 'object', plan } : only
    }
    case 'boolean':
      return checks.length > 0 || def.type === 'literal' ? only : { is: 'boolean' }
    case 'instant':
      return checks.length > 0 ? only : instantRule(def)
    case 'enum':
    case 'decimal':
      return checks.length > 0 ? only : { is: field.kind }
  }
}

/**
 * Returns the plan of a zod object, or null where only zod can judge it: it has checks on the whole object, or names that JSON escapes.
 *
 * @param refuses unknown keys make a message invalid, at any depth
 */
export function objectPlan(fields: readonly Field[], zod: $ZodType, refuses = false): RowPlan | null {
  const { checks = [], catchall, shape = {} } = zodDefinition(zod)
  if (checks.length > 0 || !fields.every(({ name }) => isPlain(name))) return null
  const rules = fields.map((field) => ruleOf(field, shape[field.name] as $ZodType, refuses))
  return { fields, rules, strict: refuses || catchall !== undefined }
}

/** Returns whether a plan needs neither zod nor what lies around a message's value: then another thread can follow it. */
export const isData = ({ rules }: RowPlan): boolean => rules.every(isDataRule)

function isDataRule({ rule }: FieldRule): boolean {
  if (rule.is === 'object') return isData(rule.plan)
  return rule.is === 'list' ? isDataRule(rule.element) : rule.is !== 'zod' && rule.is !== 'part'
}

const part: FieldRule = { rule: { is: 'part' }, mayMiss: false, fills: false }
const rest: FieldRule = { rule: { is: 'rest' }, mayMiss: false, fills: false }

/** Returns the plan of a schema, or null where only zod can judge a row, or a function of the user makes the rows. */
export function rowPlan(schema: Schema<unknown>): RowPlan | null {
  const input = inputOf(schema)
  // Checks of the user on what lies around the value are zod's to run.
  if (input.map || input.parts.some(({ isChecked }) => isChecked)) return null
  const plan = objectPlan(schema.fields, schema.zod, input.refuses)
  if (!plan) return null
  const parts = new Set(input.parts.map(({ index }) => index))
  return { ...plan, rules: plan.rules.map((rule, index) => (parts.has(index) ? part : index === input.rest ? rest : rule)) }
}
