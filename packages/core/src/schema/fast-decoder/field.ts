import type { $ZodShape, $ZodType } from 'zod/v4/core'
import { unwrapped, zodDefinition, zodShape } from '../../base/zod-definition.ts'
import type { ColumnStore } from '../../store/column-store.ts'
import type { DecimalStore } from '../../store/decimals.ts'
import type { Field } from '../../store/field.ts'
import type { ListStore, StructStore } from '../../store/nested-stores.ts'
import type { BitStore, FixedStore, TextStore, WideStore } from '../../store/stores.ts'
import { decimalReader } from './decimal.ts'
import { dateReader, epochReader, instantReader } from './instant.ts'
import { listReader } from './list.ts'
import { memberReader } from './member.ts'
import { numberReader } from './number.ts'
import { no, nothing, type Read, space, UNSURE, yes } from './read.ts'
import { type Fill, objectReader } from './row.ts'
import type { FieldRule, RowPlan, Rule } from './rules.ts'
import { ruledTextReader } from './text.ts'

/** How zod is asked where a rule alone cannot judge. The decoding thread has none: it imports no zod. */
export interface AskZod {
  /** Returns a reader of a value of this type. */
  read(column: ColumnStore, field: Field, zod: $ZodType): Read
  /** Returns what writes the default of this type. */
  fill(column: ColumnStore, zod: $ZodType): Fill
}

function booleanReader(store: BitStore): Read {
  return (bytes, view, at, end, row) => {
    const is = yes.at(bytes, view, at, end)
    if (!is && !no.at(bytes, view, at, end)) return UNSURE
    store.put(row, is)
    return at + (is ? 4 : 5)
  }
}

function valueReader({ store }: ColumnStore, field: Field, rule: Rule, zod: $ZodType | null, ask: AskZod | null): Read {
  switch (rule.is) {
    case 'text':
      return ruledTextReader(store as TextStore, rule)
    case 'number':
      return numberReader(store as FixedStore | WideStore, rule)
    case 'instant':
      return instantReader(store as WideStore)
    case 'epoch':
      return epochReader(store as WideStore, rule.unit)
    case 'date':
      return dateReader(store as FixedStore)
    case 'decimal':
      return decimalReader(store as DecimalStore)
    case 'enum':
      return memberReader(store as FixedStore, field.values)
    case 'boolean':
      return booleanReader(store as BitStore)
    case 'object':
      return planReader(rule.plan, (store as StructStore).children, zod && zodShape(unwrapped(zod).type), ask)
    case 'list': {
      const element = zod && (zodDefinition(unwrapped(zod).type).element ?? null)
      const read = fieldReader((store as ListStore).element, field.children?.[0] as Field, rule.element.rule, element, ask)
      return listReader(store as ListStore, read, rule)
    }
    case 'zod':
    case 'rest':
    case 'part':
      return () => UNSURE
  }
}

/** Returns a reader of a field's value into its column. It returns `UNSURE` where only zod can judge, and there is none to ask. */
export function fieldReader(column: ColumnStore, field: Field, rule: Rule, zod: $ZodType | null = null, ask: AskZod | null = null): Read {
  if (rule.is === 'zod' && zod && ask) return ask.read(column, field, zod)
  const read = valueReader(column, field, rule, zod, ask)
  const { valid } = column
  if (!valid) return read
  const { nullable } = field
  return (bytes, view, at, end, row) => {
    if (nullable && nothing.at(bytes, view, at, end)) {
      column.miss(row)
      return at + 4
    }
    valid.put(row, true)
    return read(bytes, view, at, end, row)
  }
}

function planReader(plan: RowPlan, columns: readonly ColumnStore[], shape: $ZodShape | null, ask: AskZod | null): Read {
  const types = plan.fields.map(({ name }) => shape?.[name] ?? null)
  const reads = plan.fields.map((field, f) =>
    fieldReader(columns[f] as ColumnStore, field, (plan.rules[f] as FieldRule).rule, types[f] as $ZodType | null, ask),
  )
  const fills = plan.rules.map(({ fills }, f) => (fills && ask && types[f] ? ask.fill(columns[f] as ColumnStore, types[f] as $ZodType) : null))
  return objectReader(plan, columns, reads, fills)
}

/**
 * Decodes the message in `[at, end)` into row `row` of its columns. Returns false when it cannot prove that zod accepts the row with the same values:
 * then nothing that it wrote counts, and JSON.parse and zod decide.
 */
export type ReadRow = (bytes: Uint8Array, view: DataView, at: number, end: number, row: number) => boolean

/** Returns the fast decoder into these columns. Without `shape` and `ask` it is unsure wherever only zod can judge. */
export function rowReader(plan: RowPlan, columns: readonly ColumnStore[], shape: $ZodShape | null = null, ask: AskZod | null = null): ReadRow {
  const read = planReader(plan, columns, shape, ask)
  return (bytes, view, from, end, row) => {
    const at = read(bytes, view, space(bytes, from, end), end, row)
    return at !== UNSURE && (at >= end || space(bytes, at, end) === end)
  }
}
