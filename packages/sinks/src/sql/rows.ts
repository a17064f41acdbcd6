import { type Batch, type Field, TicketsError } from '@tickets/core'
import { columnReaders, pathReaders } from '@tickets/core/internal'
import type { Value } from './connection/dialect.ts'

/** How a value of a column goes to the server; never called for null or an absent one. */
export type Encoder = (value: unknown) => Value

/** Throws `ENCODER_FAILED` for a value that no column of the database can hold. */
export function refuse(name: string, value: string, what: string): never {
  throw new TicketsError('ENCODER_FAILED', `column "${name}" holds ${value}, ${what}: filter or replace it with mapRows`)
}

/** Yields the values of each row, in schema order or at the given paths; an absent one is NULL. */
export function* rowsOf(batch: Batch<unknown>, encoderOf: (field: Field, index: number) => Encoder, paths?: readonly string[]): Generator<Value[]> {
  const columns = (paths ? pathReaders(batch, paths) : columnReaders(batch)).map(({ field, read }, i) => {
    // In a column of JSON that may not be null, null is a value.
    const isValue = field.kind === 'json' && !field.nullable
    return { read, encode: encoderOf(field, i), isValue }
  })
  for (let i = 0; i < batch.length; i++) {
    yield columns.map(({ read, encode, isValue }) => {
      const value = read(i)
      return value === undefined || (value === null && !isValue) ? null : encode(value)
    })
  }
}
