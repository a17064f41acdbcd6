import { TicketsError } from '@tickets/core'
import type { Connection, Staging, Value } from '../../sql/connection/dialect.ts'
import { readersOf } from '../../sql/rows.ts'
import { RANGE, ROW } from '../../sql/table/names.ts'
import { list, quote } from './columns.ts'
import { encoderOf, exactBytes, mostBytes } from './values.ts'

/** Most parameters that a statement of the protocol has. */
const PARAMETERS = 65_535
/** Statements are prepared in sizes of powers of two up to this, so that a connection keeps few of them. */
const MOST_ROWS = 256
/** The share of the server's limit that rows may fill; the rest is for headers. */
const SHARE = 0.9

/** Inserts rows in statements of a bounded size, with bound values. Returns the number of rows. */
export async function insertRows(connection: Connection, { table, columns, range, batches, paths }: Staging): Promise<number> {
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
    const readers = readersOf(batch, encoderOf, paths)
    for (let i = 0; i < batch.length; i++) {
      const row: Value[] = [range, count]
      for (const { read, encoder } of readers) {
        const value = read(i)
        row.push(value === null ? null : encoder(value))
      }
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
