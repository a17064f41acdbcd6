import { TicketsError } from '@tickets/core'
import { createConnection, type FieldPacket, type RowDataPacket } from 'mysql2/promise'
import type { Answer, Answers } from './questions.ts'

/** Connects to the database of the star schema; instants are UTC. */
async function connect(url: string) {
  try {
    const db = await createConnection({ uri: url, timezone: 'Z', dateStrings: ['DATE'], decimalNumbers: true })
    await db.query(`SET time_zone = '+00:00'`)
    return db
  } catch (cause) {
    // The URL may hold a password.
    throw new TicketsError('TARGET_UNUSABLE', `the warehouse does not answer (${(cause as Error).message || 'no server there'}): check --warehouse`, {
      cause,
    })
  }
}

/** Whether the database has a star schema with tickets. */
export async function hasTickets(url: string): Promise<boolean> {
  const db = await connect(url)
  try {
    const [tables] = await db.query<RowDataPacket[]>(
      `SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'fact_ticket'`,
    )
    if (tables.length === 0) return false
    const [rows] = await db.query<RowDataPacket[]>('SELECT 1 FROM fact_ticket LIMIT 1')
    return rows.length > 0
  } finally {
    await db.end()
  }
}

/** Opens the star schema in MySQL or MariaDB. */
export async function openWarehouse(url: string): Promise<Answers & { close(): Promise<void> }> {
  const db = await connect(url)
  const value = (given: unknown) => (given instanceof Date ? given.toISOString() : (given as string | number | null))
  return {
    async ask(sql): Promise<Answer> {
      // Prepared, since in an answer as text a DOUBLE may lose its last digit.
      const [rows, columns] = (await db.execute({ sql, rowsAsArray: true })) as unknown as [unknown[][], FieldPacket[]]
      return { columns: columns.map(({ name }) => name), rows: rows.map((row) => row.map(value)) }
    },
    close: () => db.end(),
  }
}
