/** Where nested rows and their exploded lists were written: files of notes, and files with the rows of the tables. */
export interface NestedFound {
  readonly notes: string
  readonly exploded: string
  readonly words: string
}

const words = "list_transform(string_split(request, ' '), lambda word, i: {n: i, word: word})"
const flat = `SELECT ticket_id, epoch_ms(created_at) AS created_at, unnest(${words}, recursive := true) FROM tickets`

const read = (file: string, columns: readonly string[]) =>
  `read_json('${file}', format = 'newline_delimited', columns = {${columns.map((column) => `"${column}": 'VARCHAR'`).join(', ')}})`

/** Nested and exploded rows against what had to be: two queries each, the expected one first. */
export function inNested({ notes, exploded, words: table }: NestedFound): Readonly<Record<string, readonly [string, string]>> {
  return {
    'nested notes': [
      `SELECT ticket_id, epoch_ms(created_at), {id: client_id, priority: priority}, ${words} FROM tickets`,
      `SELECT ticket_id, epoch_ms(created_at), client, words FROM read_parquet('${notes}')`,
    ],
    'exploded rows in MariaDB': [
      `SELECT f.*, client_id, priority FROM (${flat}) f JOIN tickets USING (ticket_id)`,
      `SELECT ticket_id, epoch_ms(created_at::TIMESTAMP), (words->>'$.n')::BIGINT, words->>'$.word', client->>'$.id', client->>'$.priority'
       FROM ${read(exploded, ['ticket_id', 'created_at', 'client', 'words'])}`,
    ],
    'words in PostgreSQL': [
      flat,
      `SELECT ticket_id, epoch_ms(created_at::TIMESTAMPTZ), n::BIGINT, word FROM ${read(table, ['ticket_id', 'created_at', 'n', 'word'])}`,
    ],
  }
}
