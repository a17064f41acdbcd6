import { type $ZodType, safeParse } from 'zod/v4/core'
import type { ColumnBuilder } from '../../batch/builder.ts'
import type { BitStore, FixedStore, TextStore, WideStore } from '../../batch/stores.ts'
import type { Field } from '../schema.ts'
import { instantReader } from './instant.ts'
import { memberReader } from './member.ts'
import { numberReader, scanNumber, scanned } from './number.ts'
import { Literal, QUOTE, type Read, UNSURE } from './read.ts'
import type { Rule } from './rules.ts'
import { skipString } from './skip.ts'
import { ruledTextReader } from './text.ts'

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const yes = new Literal('true')
const no = new Literal('false')
const nothing = new Literal('null')

function booleanReader(store: BitStore): Read {
  return (bytes, view, at, end, row) => {
    const is = yes.at(bytes, view, at, end)
    if (!is && !no.at(bytes, view, at, end)) return UNSURE
    store.put(row, is)
    return at + (is ? 4 : 5)
  }
}

/** A value whose checks are the user's own: made, given to the field's zod type, and its answer put into the column. */
function zodReader(builder: ColumnBuilder, zod: $ZodType): Read {
  const judge = (value: unknown, row: number): boolean => {
    try {
      const result = safeParse(zod, value)
      if (!result.success) return false
      // Throws where the column cannot hold what the check made of it.
      builder.set(row, result.data)
      return true
    } catch {
      return false
    }
  }
  return (bytes, view, at, end, row) => {
    if (at < end && bytes[at] === QUOTE) {
      const next = skipString(bytes, at, end, true)
      return next !== UNSURE && judge(utf8.decode(bytes.subarray(at + 1, next - 1)), row) ? next : UNSURE
    }
    if (nothing.at(bytes, view, at, end)) return judge(null, row) ? at + 4 : UNSURE
    if (yes.at(bytes, view, at, end)) return judge(true, row) ? at + 4 : UNSURE
    if (no.at(bytes, view, at, end)) return judge(false, row) ? at + 5 : UNSURE
    const next = scanNumber(bytes, at, end)
    return next !== UNSURE && judge(scanned[0], row) ? next : UNSURE
  }
}

function valueReader(builder: ColumnBuilder, field: Field, rule: Rule): Read {
  switch (rule.is) {
    case 'text':
      return ruledTextReader(builder.store as TextStore, rule)
    case 'number':
      return numberReader(builder.store as FixedStore | WideStore, rule)
    case 'instant':
      return instantReader(builder.store as WideStore)
    case 'enum':
      return memberReader(builder.store as FixedStore, field.values)
    case 'boolean':
      return booleanReader(builder.store as BitStore)
    case 'zod':
      return () => UNSURE
  }
}

/** A reader of a field's value into its column; see `Read`. */
export function fieldReader(builder: ColumnBuilder, field: Field, rule: Rule, zod: $ZodType): Read {
  if (rule.is === 'zod') return zodReader(builder, zod)
  const read = valueReader(builder, field, rule)
  const { valid } = builder
  if (!valid) return read
  const { nullable } = field
  return (bytes, view, at, end, row) => {
    if (nullable && nothing.at(bytes, view, at, end)) {
      builder.miss(row)
      return at + 4
    }
    valid.put(row, true)
    return read(bytes, view, at, end, row)
  }
}
