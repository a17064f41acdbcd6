import type { Batch, ErrorCode, Field, TicketsError } from '@tickets/core'

/** What a parameter of a statement can be; instants, days and decimals go as text, whole numbers as doubles, which hold them up to 2^53 − 1. */
export type Value = string | number | Uint8Array | null

/** One row of an answer. */
export type Row = Readonly<Record<string, unknown>>

/** What a statement did: its rows, or how many it touched and the number that it gave to a new one. */
export interface Answer {
  readonly rows: readonly Row[]
  /** Rows that its WHERE matched, whether or not they changed. */
  readonly touched: number
  /** Of a database that says it with each INSERT; 0 otherwise. */
  readonly insertId: number
}

/** One connection, its session set up. */
export interface Connection {
  readonly dialect: Dialect
  /** The statement that begins a transaction. */
  readonly begin: string
  /** Most bytes that the server takes in one statement. */
  readonly maxPacket: number
  /** The collation that keeps texts apart by case, accents and trailing spaces: by another name on each kind of server. */
  readonly collation: string
  /** A statement without values, as text. */
  query(sql: string): Promise<Answer>
  /** A statement whose values are bound, one for each `?` outside quotes: they travel beside it, and are never part of its text. */
  execute(sql: string, values: readonly Value[]): Promise<Answer>
}

/** Lends connections. */
export interface Pool {
  borrow(): Promise<Lent>
  end(): Promise<void>
}

export interface Lent {
  readonly connection: Connection
  /** Gives it back; `broken` ends it at once, and the server takes back what it had begun. */
  giveBack(broken: boolean): void
}

/** A column of a table: its type as the server says it, and whether it can be null. */
export interface Column {
  readonly name: string
  /** Such as `bigint`, `varchar(255)`, `datetime(3)`. */
  readonly type: string
  /** For texts. */
  readonly collation: string | null
  readonly nullable: boolean
}

/** A column as it stands in a table that is there. */
export interface ExistingColumn extends Column {
  /** A row may leave it out: it is nullable, has a default, counts by itself or is computed. */
  readonly filled: boolean
  readonly computed: boolean
}

export interface ExistingTable {
  /** Why no sink can write to it, and the statement that helps; null if one can. */
  readonly unusable: string | null
  readonly columns: readonly ExistingColumn[]
  /** A CHECK, a trigger, partitions or a computed column may refuse a row whose values fit their columns. */
  readonly refuses: boolean
  /** The columns of each unique index, the primary key included. */
  readonly unique: readonly (readonly string[])[]
  /** The same of those that cannot identify a row: of some rows only, or checked late. */
  readonly partlyUnique: readonly (readonly string[])[]
  /** The columns of each index that has a limit for the length of a value, which only an insert finds. */
  readonly longIndexes: readonly (readonly string[])[]
}

/** A table to make where it is not there. */
export interface NewTable {
  readonly name: string
  /** A first column that numbers the rows by itself, and is the primary key. */
  readonly identity?: string
  readonly columns: readonly Column[]
  readonly primaryKey?: readonly string[]
  readonly unique?: readonly (readonly string[])[]
  readonly foreign?: readonly ForeignKey[]
}

/** A column whose values are those of the key of another table. */
export interface ForeignKey {
  readonly column: string
  readonly table: string
  readonly key: string
}

/** Staged rows on their way into a table. */
export interface Move {
  readonly into: string
  /** The columns to fill, each from an expression over the staged row `s`. */
  readonly columns: readonly { readonly name: string; readonly value: string }[]
  /** The table of the staged rows, quoted; the statement's one parameter is the range. */
  readonly from: string
  /** The columns that tell rows apart; with none, every row is added. */
  readonly key: readonly string[]
  /** Of rows with the same key the highest in this column stays, the last of equal ones; without it, the last one. */
  readonly newest?: string | undefined
}

/** How one column of a row that is there changes; `incoming` and `existing` are the two values as SQL. */
export interface Change {
  readonly name: string
  readonly value: (incoming: string, existing: string) => string
}

/** What an error of a driver means. */
export interface Errors {
  /** Returns a `TicketsError` that says what to do, retryable if the fault may pass. Returns a `TicketsError` as it is. */
  toTicketsError(error: unknown, doing: string, code?: ErrorCode): TicketsError
  /** Whether the connection broke: the error is not the server's answer, and not one of ours. */
  isConnectionGone(error: unknown): boolean
}

/** What differs between kinds of databases. Everything that writes to tables is written once, over this. */
export interface Dialect {
  /** The format of its sinks, and the scheme of its targets. */
  readonly name: string
  readonly errors: Errors

  /** Returns a checked name as SQL. */
  quote(name: string): string
  /** What keeps a text from being a name; null when it can be one. */
  whyNoName(name: string): string | null
  /** Whether two names are one column. */
  isSameName(a: string, b: string): boolean
  /** How a user names the database or schema, for a message: "name the database at the end of `url`". */
  readonly nameThePlace: string

  /** Returns the column for a field (docs/internals/protocol.md#8). */
  columnOf(field: Field, isKey: boolean, collation: string): Column
  /** The type of a text of at most so many characters, which can be part of a key. */
  textType(length: number): string
  /** Returns a column as CREATE TABLE takes it. */
  definition(column: Column): string
  /** Whether a column of a type holds every value of a field, or refuses it aloud. */
  holds(type: string, field: Field): boolean
  /** Why these columns are too long for an index; null if they are not. */
  whyNoKey(columns: readonly Column[]): string | null
  /** The end of an ALTER TABLE that gives a column its type, and lets it be null where it may be. */
  alter(column: Column, existing: Column): string

  /** Returns CREATE TABLE IF NOT EXISTS. */
  createTable(table: NewTable): string
  /** Returns the statement that moves staged rows, in the order of their keys, so that tasks of one table wait for each other and do not deadlock. */
  move(rows: Move): string
  /** Ends an INSERT: what happens to a row whose key is there already. Without changes it stays as it is. */
  onConflict(table: string, key: readonly string[], changes: readonly Change[]): string
  /** Returns the value that the row to insert has for a column, in a change of `onConflict`. */
  incoming(column: string): string
  /** Returns the statement that makes an index on a column where it is not there; null where a foreign key has one anyway. */
  indexForeign(table: string, column: string): string | null
  /** Returns the day in UTC of an instant, as a table has instants. */
  dayOf(instant: string): string
  /** Returns the week of ISO 8601 of a day. */
  isoWeek(day: string): string
  /** Returns the day of the week of a day; 1 is Monday. */
  isoDay(day: string): string

  /** The schema of the tables, as an expression of information_schema's `table_schema`. */
  readonly schema: string
  /** Ends a SELECT: others may read what it found, and not change it. */
  readonly lockShared: string
  /** Whether CREATE TABLE may stand in a transaction and is undone with it; where not, it ends one. */
  readonly hasTransactionalDdl: boolean
  /** How a server loses what it had committed, for a message. */
  readonly losesBy: string

  hasTable(connection: Connection, table: string): Promise<boolean>
  /** Returns a table as the server describes it; null if it does not exist. */
  readTable(connection: Connection, table: string): Promise<ExistingTable | null>
  /** Returns the identity of a table, whatever its address: the server's own id, database and table. */
  placeOf(connection: Connection, table: string): Promise<string>
  /** Inserts one row. Returns its `identity` (0 for a table without one), or null where a unique index has the row. The transaction continues. */
  insertNew(connection: Connection, table: string, row: Readonly<Record<string, Value>>, identity?: string): Promise<number | null>
  /** Inserts staged rows, their values bound. Returns their number. Throws `ENCODER_FAILED` for a value that no column can hold. */
  insertRows(connection: Connection, rows: Staging): Promise<number>
  /** Runs `work` in the transaction as if to publish, and takes it back. Rows that foreign keys refer to may come later. */
  trial(connection: Connection, work: () => Promise<void>): Promise<void>
  /** Takes the lock of this database under a name, waiting for at most so many seconds. Returns how to release it, or null if another process keeps it. */
  lock(connection: Connection, name: string, seconds: number): Promise<(() => Promise<void>) | null>
}

/** Rows to stage. */
export interface Staging {
  readonly table: string
  readonly columns: readonly Column[]
  readonly key: readonly string[]
  readonly range: number
  readonly batches: readonly Batch<unknown>[]
  /** Where the rows have the value of each column; by default the columns are those of the rows. */
  readonly paths?: readonly string[] | undefined
}
