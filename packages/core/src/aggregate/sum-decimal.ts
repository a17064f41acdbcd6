import { TicketsError } from '../base/errors.ts'
import { valueAt } from '../base/own-names.ts'
import { decimal, MAX_PRECISION } from '../values/decimal.ts'
import { unscaledText } from '../values/decimal-text.ts'
import { anyReader, fieldOf, numeric } from './column.ts'
import type { ColumnAgg } from './column-agg.ts'

/** The sum so far in units of the last place, and how many places there are. */
interface Total {
  units: bigint
  scale: number
}

/** Adds a decimal in its text form, which has all its places. */
function add(acc: Total, value: unknown): Total {
  if (typeof value !== 'string') return acc
  const point = value.indexOf('.')
  acc.scale = Math.max(acc.scale, point < 0 ? 0 : value.length - point - 1)
  acc.units += BigInt(value.replace('.', ''))
  return acc
}

/**
 * Computes the exact sum of a `decimal()` column, as text with the places of the column. It has up to 38 digits: a larger sum goes to the pipeline's dead
 * letters, or stops it (`RESULT_REFUSED`). Null and absent values are skipped, and the sum of none is 0.
 *
 * @throws as the flow's error `OPTION_INVALID` where the column holds no decimals
 * @example
 * windowed(tumbling({ size: '1 day' }), { aggregate: { paid: sumDecimal('amount') } }) // { …, paid: '42.50' }
 */
export function sumDecimal<const C extends string>(name: C): ColumnAgg<C, string, string> {
  return {
    init: (): Total => ({ units: 0n, scale: 0 }),
    add: (acc: Total, row) => add(acc, valueAt(row, name)),
    merge(a: Total, b: Total) {
      a.units += b.units
      a.scale = Math.max(a.scale, b.scale)
      return a
    },
    result({ units, scale }: Total) {
      const text = unscaledText(String(units < 0n ? -units : units), scale)
      return units < 0n ? `-${text}` : text
    },
    typeIn(schema) {
      const { kind, scale = 0 } = fieldOf(schema, name, 'sumDecimal')
      if (kind !== 'decimal')
        throw new TicketsError(
          'OPTION_INVALID',
          `sumDecimal("${name}") takes a column of decimals, "${name}" is of kind ${kind}${numeric.includes(kind) ? ': use sum()' : ''}`,
        )
      return decimal(MAX_PRECISION, scale)
    },
    toJson: ({ units, scale }: Total) => [String(units), scale],
    fromJson(json) {
      const [units, scale] = json as readonly [string, number]
      return { units: BigInt(units), scale }
    },
    columnar(batch) {
      const read = anyReader(batch, name, 'sumDecimal')
      return (acc, i) => add(acc as Total, read(i))
    },
    options: ['sumDecimal', name],
  }
}
