import { type AvroField, type AvroObject, type AvroRecord, type AvroSchema, type AvroValue, type Names, resolved } from '../avro/avro-schema.ts'

/** What a manifest list says of one value that the files of a manifest are divided by. */
export interface PartitionSummary extends AvroRecord {
  readonly contains_null: boolean
  readonly contains_nan: boolean | null
  /** Absent where all values are null or no numbers. */
  readonly lower_bound: Uint8Array | null
  readonly upper_bound: Uint8Array | null
}

type Compare = (a: Uint8Array, b: Uint8Array) => number

/** Compares by what two values are as whole numbers. */
const by =
  (value: (bytes: Uint8Array) => bigint): Compare =>
  (a, b) => {
    const [x, y] = [value(a), value(b)]
    return x < y ? -1 : x > y ? 1 : 0
  }

const bigEndian = (bytes: Uint8Array) => BigInt.asIntN(bytes.length * 8, BigInt(`0x0${Buffer.from(bytes).toString('hex')}`))
const littleEndian = (bytes: Uint8Array) => bigEndian(Uint8Array.from(bytes).reverse())

/** Returns a whole number that is in the order of floating-point numbers, of which -0 is before 0. */
function floating(bytes: Uint8Array): bigint {
  const bits = littleEndian(bytes)
  return bits >= 0n ? bits : -BigInt.asUintN(bytes.length * 8 - 1, bits) - 1n
}

/** Returns how bounds of an Avro type are compared; null for a type whose order is not known here. */
function comparing(given: AvroSchema, names: Names): Compare | null {
  const schema = resolved(given, names)
  if (Array.isArray(schema)) {
    const [only, ...others] = (schema as readonly AvroSchema[]).filter((one) => one !== 'null')
    return only !== undefined && others.length === 0 ? comparing(only, names) : null
  }
  const { type, logicalType } = typeof schema === 'string' ? { type: schema, logicalType: undefined } : (schema as AvroObject)
  if (type === 'int' || type === 'long') return by(littleEndian)
  if (type === 'float' || type === 'double') return by(floating)
  if (type === 'boolean' || type === 'string') return Buffer.compare
  if (type !== 'bytes' && type !== 'fixed') return null
  if (logicalType === 'decimal') return by(bigEndian)
  return logicalType === undefined ? Buffer.compare : null
}

/** Returns how the bounds of each value of a partition are compared, from the Avro fields of partitions; null where one is not known. */
export function comparisons(fields: readonly AvroField[], names: Names): readonly Compare[] | null {
  const all = fields.map(({ type }) => comparing(type, names))
  return all.includes(null) ? null : (all as Compare[])
}

function extreme(bounds: readonly (Uint8Array | null)[], isBetter: (a: Uint8Array, b: Uint8Array) => boolean): Uint8Array | null {
  return bounds.reduce<Uint8Array | null>((best, one) => (best === null || (one !== null && isBetter(one, best)) ? one : best), null)
}

/** Whether a summary says of which values it is: without bounds there are nulls or NaN alone. */
const isSaid = ({ contains_null, contains_nan, lower_bound, upper_bound }: PartitionSummary) =>
  (lower_bound !== null && upper_bound !== null) || contains_null || contains_nan === true

/** Returns the summaries of a manifest that has the files of several; null, which is nothing known, where one of them does not say all of its values. */
export function combinedSummaries(all: readonly AvroValue[], compare: readonly Compare[]): AvroValue {
  const known = all.filter((one): one is readonly PartitionSummary[] => Array.isArray(one) && one.length === compare.length && one.every(isSaid))
  if (known.length < all.length) return null
  return compare.map((order, i): PartitionSummary => {
    const column = known.map((summaries) => summaries[i] as PartitionSummary)
    const nan = column.map(({ contains_nan }) => contains_nan)
    return {
      contains_null: column.some(({ contains_null }) => contains_null),
      contains_nan: nan.includes(true) ? true : nan.includes(null) ? null : false,
      lower_bound: extreme(
        column.map(({ lower_bound }) => lower_bound),
        (a, b) => order(a, b) < 0,
      ),
      upper_bound: extreme(
        column.map(({ upper_bound }) => upper_bound),
        (a, b) => order(a, b) > 0,
      ),
    }
  })
}
