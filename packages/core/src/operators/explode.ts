import type { Data } from 'apache-arrow'
import type { OperatorFunction } from 'rxjs'
import * as z from 'zod'
import type { $ZodType } from 'zod/v4/core'
import { TicketsError } from '../base/errors.ts'
import { unwrapped, zodDefinition, zodShape } from '../base/zod-definition.ts'
import { type Batch, column, internals, MOST_ROWS, pickMetadata, type Schema } from '../batch/batch.ts'
import { columnBuilder } from '../batch/builder.ts'
import { validityOf } from '../batch/columns.ts'
import { concat, take } from '../batch/take.ts'
import { withMarks } from '../schema/personal/carried-marks.ts'
import type { Field, Simplify } from '../store/field.ts'
import { schemaExtension } from './extend-schema.ts'
import { operate } from './operate.ts'

/** Says what becomes of rows without elements. */
export interface ExplodeOptions<O extends boolean> {
  /** Keep a row whose list is empty, null or absent, with null in the column. Such rows make no row by default. */
  outer?: O
}

/** The names of the columns of `T` that hold lists. */
type ListColumn<T> = { [K in keyof T & string]: NonNullable<T[K]> extends readonly unknown[] ? K : never }[keyof T & string]

type ElementOf<L> = NonNullable<L> extends readonly (infer E)[] ? E : never

/** The rows of an exploded list: one for each element, in place of the list. */
export type Exploded<T, K extends keyof T & string, O extends boolean> = Simplify<
  Omit<T, K> & { [N in K]: O extends true ? ElementOf<T[K]> | null : ElementOf<T[K]> }
>

/**
 * Makes a row for each element of a list column, with the element in place of the list.
 *
 * Rows keep the position of their row and the watermark before it, and all rows of one message are committed together. Works on columns and builds no
 * rows.
 *
 * @throws `OPTION_INVALID`, as the flow's error, where the column is no list
 * @example
 * orders.pipe(explode('products')) // { order_id: 1, products: [{ sku: 'a' }, { sku: 'b' }] } → { order_id: 1, products: { sku: 'a' } }, { …, { sku: 'b' } }
 */
export function explode<T, const K extends ListColumn<T>, const O extends boolean = false>(
  name: K,
  options: ExplodeOptions<O> = {},
): OperatorFunction<Batch<T>, Batch<Exploded<T, K, O>>> {
  const outer = options.outer === true
  const extend = schemaExtension<T, Exploded<T, K, O>>(`by_${name}`.replace(/[^\w-]/g, '_'), (schema) => {
    const element = elementType(schema, name)
    return { [name]: outer ? z.nullable(element) : element }
  })
  return operate<Batch<T>, Batch<Exploded<T, K, O>>>((out, scope) => ({
    next(batch) {
      const list = column(batch, name)
      const schema = extend(batch.schema)
      const field = schema.fields.find((one) => one.name === name) as Field
      const { parents, elements, values } = elementsOf(list, field, outer)
      for (let from = 0; from < parents.length || from === 0; from += MOST_ROWS) {
        const rows = parents.subarray(from, from + MOST_ROWS)
        const columns = internals
          .columns(batch)
          .map((data) => (data === list ? take(values, elements.subarray(from, from + MOST_ROWS)) : take(data, rows)))
        // An element keeps the path that it has in its list.
        const metadata = withMarks(pickMetadata(batch, rows), schema, ({ marks }) => marks)
        out.next(internals.make(schema, columns, rows.length, metadata, internals.origin(batch)))
      }
    },
    ready: () => scope?.describe('explode', { column: name, outer }),
  }))
}

function elementType(schema: Schema<unknown>, name: string): $ZodType {
  const element = zodDefinition(unwrapped(zodShape(schema.zod)[name] as $ZodType).type).element
  if (element) return element
  throw new TicketsError('OPTION_INVALID', `explode takes a column that holds a list, and "${name}" of ${schema.name} holds none`)
}

/** For each row to make, the row it is made of, and where its element is in `values`. */
function elementsOf(list: Data, field: Field, outer: boolean): { parents: Int32Array; elements: Int32Array; values: Data } {
  const offsets = list.valueOffsets as Int32Array
  const values = list.children[0] as Data
  const isValid = validityOf(list)
  const parents: number[] = []
  const elements: number[] = []
  for (let row = 0; row < list.length; row++) {
    const [from, to] = isValid(row) ? [offsets[row] as number, offsets[row + 1] as number] : [0, 0]
    for (let at = from; at < to; at++) {
      parents.push(row)
      elements.push(at)
    }
    if (from < to || !outer) continue
    parents.push(row)
    elements.push(values.length)
  }
  const found = { parents: Int32Array.from(parents), elements: Int32Array.from(elements) }
  if (!outer) return { ...found, values }
  const none = columnBuilder(field)
  none.add(null)
  return { ...found, values: concat([values, none.finish()]) }
}
