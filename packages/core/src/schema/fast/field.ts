import type { ColumnStore } from '../../batch/column-store.ts'
import type { Field } from '../../batch/field.ts'
import type { BitStore, FixedStore, TextStore, WideStore } from '../../batch/stores.ts'
import { instantReader } from './instant.ts'
import { memberReader } from './member.ts'
import { numberReader } from './number.ts'
import { no, nothing, type Read, UNSURE, yes } from './read.ts'
import type { Rule } from './rules.ts'
import { ruledTextReader } from './text.ts'

function booleanReader(store: BitStore): Read {
  return (bytes, view, at, end, row) => {
    const is = yes.at(bytes, view, at, end)
    if (!is && !no.at(bytes, view, at, end)) return UNSURE
    store.put(row, is)
    return at + (is ? 4 : 5)
  }
}

function valueReader({ store }: ColumnStore, field: Field, rule: Rule): Read {
  switch (rule.is) {
    case 'text':
      return ruledTextReader(store as TextStore, rule)
    case 'number':
      return numberReader(store as FixedStore | WideStore, rule)
    case 'instant':
      return instantReader(store as WideStore)
    case 'enum':
      return memberReader(store as FixedStore, field.values)
    case 'boolean':
      return booleanReader(store as BitStore)
    case 'zod':
      return () => UNSURE
  }
}

/** Returns a reader of a field's value into its column. It returns `UNSURE` where only zod can judge. */
export function fieldReader(column: ColumnStore, field: Field, rule: Rule): Read {
  const read = valueReader(column, field, rule)
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
