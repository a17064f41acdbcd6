import type { AvroValue } from '../avro/avro-schema.ts'

/** Whether JSON has no such number, or writes it as another value. */
const isOutsideJson = (value: unknown): value is bigint | number =>
  typeof value === 'bigint' || (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)))
const numberText = (value: bigint | number) => (Object.is(value, -0) ? '-0' : String(value))

/** Returns a text that is the same for files of one partition: of one spec, and with the same values. */
export const partitionId = ({ spec, partition }: { readonly spec: number; readonly partition: readonly AvroValue[] }): string =>
  JSON.stringify([spec, partition], (_, value: unknown) => (isOutsideJson(value) ? { number: numberText(value) } : value))
