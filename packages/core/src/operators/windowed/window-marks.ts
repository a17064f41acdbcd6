import type { $ZodType } from 'zod/v4/core'
import type { Agg } from '../../aggregate/aggregate.ts'
import { zodShape } from '../../base/zod-definition.ts'
import type { Schema } from '../../batch/batch.ts'
import { leavesOf, ownMarks, unknownMarks } from '../../schema/personal/own-marks.ts'
import { allAs, joinMarks, marksAt, type PersonalMarks } from '../../store/personal-marks.ts'
import type { WindowedDefinition } from './definition.ts'

/** What a `windowed` makes of personal columns. */
export interface WindowMarks {
  /** Those of its rows. */
  readonly rows: PersonalMarks
  /** Those of the rows before it whose values its state holds. */
  readonly memory: PersonalMarks
}

/** Aggregates that count rows, and hold no value. */
const counting = new Set(['count', 'countWhere'])
/** Aggregates whose result is a value of their column, or one of few rows is. */
const holding = new Set(['min', 'max', 'first', 'last', 'topK', 'quantile', 'sum', 'sumDecimal', 'mean'])

const NONE: PersonalMarks = new Map()

/** Returns the marks of a `windowed`: its key as it came, aggregates by what they hold. An aggregate of the user's own is `unknown`, unless its type is marked. */
export function windowMarks(
  { by, aggregate }: Pick<WindowedDefinition, 'by' | 'aggregate'>,
  before: PersonalMarks,
  schema: Schema<unknown>,
): WindowMarks {
  const keys = marksAt(before, ...by)
  const results = Object.entries(aggregate).map(([name, agg]) => ofAggregate(agg, name, zodShape(schema.zod)[name] as $ZodType, before))
  return {
    rows: joinMarks([keys, ...results.map(({ rows }) => rows)]),
    memory: joinMarks([keys, ...results.map(({ memory }) => memory)]),
  }
}

function ofAggregate({ options }: Agg<unknown, unknown>, name: string, type: $ZodType, before: PersonalMarks): WindowMarks {
  const [kind, column, more] = Array.isArray(options) ? options : [options]
  if (counting.has(kind as string)) return { rows: NONE, memory: NONE }
  const read = marksAt(before, String(column))
  // A HyperLogLog holds hashes of few values.
  if (kind === 'countDistinct') return { rows: NONE, memory: more === undefined ? read : allAs(read, 'hashed') }
  if (holding.has(kind as string)) {
    const [form] = joinMarks([...read.values()].map((one) => new Map([['', one]]))).values()
    return { rows: form ? new Map(leavesOf(type, name).map((path) => [path, form])) : NONE, memory: read }
  }
  const own = ownMarks(type, name)
  const isKnown = own.isMarked || before.size === 0
  return { rows: isKnown ? own.marks : unknownMarks(type, name), memory: allAs(before, 'unknown') }
}
