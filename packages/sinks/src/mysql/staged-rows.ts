import { createHash } from 'node:crypto'
import { type Batch, TicketsError } from '@tickets/core'
import type { Connection, Value } from './connection/client.ts'
import { type Column, definition } from './table/columns.ts'
import { list, PREFIX, quote, RANGE, ROW } from './table/names.ts'
import { exactBytes, mostBytes, rowsOf } from './table/values.ts'

/** Most parameters that a statement of the protocol has. */
const PARAMETERS = 65_535
/** Statements are prepared in sizes of powers of two up to this, so that a connection keeps few of them. */
const MOST_ROWS = 256
/** The share of the server's limit that rows may fill; the rest is for headers. */
const SHARE = 0.9

/**
 * Returns name and definition of the table for staged rows. Its name depends on the target table and its columns, so that a release with other
 * columns has another one.
 */
export function rowsTable(table: string, columns: readonly Column[]): { readonly name: string; readonly create: string } {
  const definitions = columns.map(definition)
  const hash = createHash('sha256')
    .update(JSON.stringify([table, definitions]))
    .digest('hex')
    .slice(0, 16)
  const name = `${PREFIX}rows_${hash}`
  const create = `CREATE TABLE IF NOT EXISTS ${quote(name)} (${RANGE} BIGINT NOT NULL, ${ROW} INT NOT NULL, ${definitions.join(', ')}, PRIMARY KEY (${RANGE}, ${ROW})) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`
  return { name, create }
}

/** Returns whether `rowsTable` made this name. Names come back from the database and become part of statements. */
export const isRowsTable = (name: string): boolean => new RegExp(`^${PREFIX}rows_[0-9a-f]{16}$`).test(name)

/** Inserts rows in statements of a bounded size, with bound values. Returns the number of rows. */
export async function insertRows(
  connection: Connection,
  table: string,
  columns: readonly Column[],
  range: number,
  batches: readonly Batch<unknown>[],
): Promise<number> {
  const width = columns.length + 2
  const names = `${RANGE}, ${ROW}, ${list(columns.map(({ name }) => name))}`
  const tuple = `(${new Array(width).fill('?').join(', ')})`
  const most = Math.max(1, Math.min(MOST_ROWS, 2 ** Math.floor(Math.log2(PARAMETERS / width))))
  const limit = Math.floor(connection.maxPacket * SHARE)
  let pending: Value[][] = []
  let bytes = 0
  let count = 0
  const send = async (rows: readonly Value[][]) => {
    for (let at = 0; at < rows.length; ) {
      const size = 2 ** Math.floor(Math.log2(rows.length - at))
      const values = rows.slice(at, at + size).flat()
      await connection.execute(`INSERT INTO ${quote(table)} (${names}) VALUES ${new Array(size).fill(tuple).join(', ')}`, values)
      at += size
    }
  }
  for (const batch of batches) {
    for (const values of rowsOf(batch)) {
      const row = [range, count, ...values]
      let size = mostBytes(row)
      if (size > limit) size = checkSize(row, connection.maxPacket, limit)
      if (pending.length === most || (pending.length > 0 && bytes + size > limit)) {
        await send(pending)
        pending = []
        bytes = 0
      }
      pending.push(row)
      bytes += size
      count += 1
    }
  }
  await send(pending)
  return count
}

function checkSize(row: readonly Value[], packet: number, limit: number): number {
  const size = exactBytes(row)
  if (size <= limit) return size
  const message = `a row of ${size} bytes is larger than the server takes in one statement (max_allowed_packet is ${packet}): raise it there to ${2 ** Math.ceil(Math.log2(size / SHARE))}, or cut long texts with mapRows`
  throw new TicketsError('ENCODER_FAILED', message)
}
