import { type Batch, type Field, TicketsError } from '@tickets/core'
import { columnReaders, pathReaders } from '@tickets/core/internal'

/** Throws `ENCODER_FAILED` for a value that no column of the database can hold. */
export function refuse(name: string, value: string, what: string): never {
  throw new TicketsError('ENCODER_FAILED', `column "${name}" holds ${value}, ${what}: filter or replace it with mapRows`)
}

/** Reads one column of a batch for a database. */
export interface RowReader<E> {
  /** Returns the value of a row; null for NULL, which an absent one is, too. A null of JSON stays a value where the column has no other one. */
  read(row: number): unknown
  readonly encoder: E
}

/** JSON's null, where it is a value and not NULL. */
const JSON_NULL = Object.freeze({ toJSON: () => null })

/** Returns a reader for each column, in schema order or at the given paths, with what writes its values. */
export function readersOf<E>(
  batch: Batch<unknown>,
  encoderOf: (field: Field, index: number) => E,
  paths?: readonly string[],
): readonly RowReader<E>[] {
  return (paths ? pathReaders(batch, paths) : columnReaders(batch)).map(({ field, read }, i) => {
    const isValue = field.kind === 'json' && !field.nullable
    return {
      read: (row) => {
        const value = read(row)
        return value === undefined ? null : value === null && isValue ? JSON_NULL : value
      },
      encoder: encoderOf(field, i),
    }
  })
}
