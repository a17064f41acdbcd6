import { TicketsError } from '@tickets/core'
import type { Column, Connection, Staging } from '../../sql/connection/dialect.ts'
import { readersOf } from '../../sql/rows.ts'
import { RANGE, ROW } from '../../sql/table/names.ts'
import { list, quote } from './columns.ts'
import { elementOf } from './values.ts'

/** Most rows and characters of a statement: each costs a round trip, and is held here and by the server. */
const MOST_ROWS = 4096
const MOST_CHARACTERS = 1 << 22
/** Texts of a key that fit into an index with pages of 8 KiB, in bytes. */
const KEY_BYTES = 2500

/** A type without length and precision: a cast to them would cut and round, an assignment refuses. */
const wide = (type: string) => type.replace(/\(\d+(,\d+)?\)/, '')

/** One parameter for each column, an array of its values: the statement is the same for any number of rows. */
function insertOf(table: string, columns: readonly Column[]): string {
  const names = columns.map(({ name }) => name)
  const values = names.map((_, i) => `v${i}`)
  const arrays = columns.map(({ type }) => `?::${wide(type)}[]`)
  return `INSERT INTO ${quote(table)} (${RANGE}, ${ROW}, ${list(names)}) SELECT ?::bigint, place + ?::bigint, ${values.join(', ')} FROM UNNEST(${arrays.join(', ')}) WITH ORDINALITY AS u(${values.join(', ')}, place)`
}

/** Inserts rows in statements of a bounded size, with bound values. Returns the number of rows. */
export async function insertRows(connection: Connection, { table, columns, key, range, batches, paths }: Staging): Promise<number> {
  const sql = insertOf(table, columns)
  let arrays: string[][] = columns.map(() => [])
  let held = 0
  let characters = 0
  let sent = 0
  const send = async () => {
    if (held === 0) return
    // Rows count from 0, and places from 1.
    await connection.execute(sql, [range, sent - 1, ...arrays.map((elements) => `{${elements.join(',')}}`)])
    sent += held
    held = 0
    characters = 0
    arrays = columns.map(() => [])
  }
  for (const batch of batches) {
    const readers = readersOf(
      batch,
      (field, i) => {
        const column = columns[i] as Column
        const element = elementOf(field, column)
        const isText = field.kind === 'string' || field.kind === 'enum'
        return { element, isKeyText: isText && key.includes(column.name) }
      },
      paths,
    )
    for (let row = 0; row < batch.length; row++) {
      let keyBytes = 0
      for (const [i, { read, encoder }] of readers.entries()) {
        const value = read(row)
        if (value !== null && encoder.isKeyText) keyBytes += Buffer.byteLength(value as string)
        const text = value === null ? 'NULL' : encoder.element(value)
        arrays[i]?.push(text)
        characters += text.length
      }
      if (keyBytes > KEY_BYTES) throw tooLong(key, keyBytes)
      held += 1
      if (held === MOST_ROWS || characters > MOST_CHARACTERS) await send()
    }
  }
  await send()
  return sent
}

function tooLong(key: readonly string[], bytes: number): TicketsError {
  const message = `the key (${key.join(', ')}) of a row has texts of ${bytes} bytes, and an index has room for ${KEY_BYTES}: cut them with mapRows, or choose shorter columns as \`key\``
  return new TicketsError('ENCODER_FAILED', message)
}
