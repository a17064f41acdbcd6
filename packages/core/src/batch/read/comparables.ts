import {
  type Data,
  type Date_,
  DateUnit,
  type Decimal,
  type Float,
  Precision,
  type RecordBatch,
  type Timestamp,
  type TimeUnit,
  Type,
  tableFromIPC,
} from 'apache-arrow'
import { TicketsError } from '../../base/errors.ts'
import type { Field } from '../../store/field.ts'
import { type Batch, internals } from '../batch.ts'
import { stringReader, validityOf, valueReader } from '../columns.ts'

/** A value of a column by which rows are compared: two are the same value where `===` says so. */
export type Comparable = string | number | boolean | null

/** Rows whose values are compared, and not used. */
export interface Comparables {
  readonly length: number
  /** Returns a reader of a column; null where the rows have none of this name. Throws `SCHEMA_MISMATCH` for a type whose values cannot be compared. */
  column(name: string): ((i: number) => Comparable) | null
}

/** Returns the rows of a batch to be compared. */
export function comparablesOf(batch: Batch<unknown>): Comparables {
  const at = (name: string) => batch.schema.fields.findIndex((field) => field.name === name)
  return {
    length: batch.length,
    column(name) {
      const data = internals.column(batch, at(name))
      return data ? comparableReader(name, data) : null
    },
  }
}

/**
 * Reads the rows of an Arrow IPC stream to be compared. Columns may have any type that a writer gives to values of ours: a value is the same one whatever
 * the unit of its instants, the width of its numbers, and whether its texts stand in a dictionary.
 */
export function readComparables(bytes: Uint8Array): Comparables[] {
  return tableFromIPC(bytes).batches.map((batch) => ({ length: batch.numRows, column: (name) => columnIn(batch, name) }))
}

/** Returns the names of the columns of an Arrow IPC stream, whatever their types. */
export const namesInIpc = (bytes: Uint8Array): string[] => tableFromIPC(bytes).schema.fields.map(({ name }) => name)

function columnIn(batch: RecordBatch, name: string) {
  const at = batch.schema.fields.findIndex((field) => field.name === name)
  const data = batch.data.children[at]
  return data ? comparableReader(name, data as Data) : null
}

function comparableReader(name: string, data: Data): (i: number) => Comparable {
  const read = plainReader(name, data)
  const isValid = validityOf(data)
  return (i) => (isValid(i) ? read(i) : null)
}

const DECIMAL: Field = { name: '', kind: 'decimal', values: [], optional: false, nullable: false }

/** A double is said as text where JSON has none; -0 is 0. */
const double = (value: number): Comparable => (Number.isFinite(value) ? value + 0 : String(value))

/** Whole numbers beyond those that are exact are text. */
const whole = (value: number | bigint): Comparable => (Number.isSafeInteger(Number(value)) ? Number(value) : String(value))

function plainReader(name: string, data: Data): (i: number) => Comparable {
  const { type, values } = data
  switch (type.typeId as Type) {
    case Type.Utf8:
    case Type.LargeUtf8:
      return textReader(data)
    case Type.Dictionary: {
      const members = (data.dictionary?.data ?? []).flatMap((chunk) => Array.from({ length: chunk.length }, (_, i) => textReader(chunk)(i)))
      return (i) => members[Number(values[i])] ?? null
    }
    case Type.Int:
      return (i) => whole(values[i])
    case Type.Float:
      if ((type as Float).precision !== Precision.HALF) return (i) => double(values[i])
      break
    case Type.Bool:
      return (i) => ((values[(data.offset + i) >> 3] ?? 0) & (1 << ((data.offset + i) & 7))) !== 0
    case Type.Timestamp:
      return instantReader(values as BigInt64Array, (type as Timestamp).unit)
    case Type.Date:
      if ((type as Date_).unit === DateUnit.DAY) return (i) => values[i]
      break
    case Type.Decimal:
      if ((type as Decimal).bitWidth === 128) return decimalReader(data, (type as Decimal).scale)
  }
  throw new TicketsError('SCHEMA_MISMATCH', `column "${name}" is ${type}, by which rows cannot be told apart: set \`key\` to other columns`)
}

/** Texts of a column with long offsets, too. */
function textReader(data: Data): (i: number) => string {
  const { valueOffsets, values } = data
  if (!((valueOffsets as unknown) instanceof BigInt64Array)) return stringReader(data)
  return stringReader({ values, valueOffsets: Int32Array.from(valueOffsets as Iterable<number>, Number) } as Data)
}

/** A second in each unit of instants, by its number. */
const PER_SECOND = [1n, 1000n, 1_000_000n, 1_000_000_000n]

/** Instants are milliseconds; those between two, which no sink of ours writes, are text. */
function instantReader(values: BigInt64Array, unit: TimeUnit): (i: number) => Comparable {
  const per = PER_SECOND[unit] as bigint
  return (i) => {
    const value = values[i] as bigint
    const millis = Number((value * 1000n) / per)
    return (value * 1000n) % per === 0n ? millis : `${value}/${per}`
  }
}

/** The same number has the same text, however many digits a column has behind the point. */
function decimalReader(data: Data, scale: number): (i: number) => string {
  const read = valueReader({ ...DECIMAL, scale }, data) as (i: number) => string
  return scale === 0 ? read : (i) => read(i).replace(/\.?0+$/, '')
}
