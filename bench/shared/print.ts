import { stripVTControlCharacters } from 'node:util'
import { table } from 'table'

export type Cell = string | number

const text = (cell: Cell) => (typeof cell === 'number' ? cell.toLocaleString('en', { maximumFractionDigits: 3 }) : cell)

/** Prints rows as a table, numbers to the right; columns as in the first row. */
export function printTable(rows: readonly Readonly<Record<string, Cell>>[]): void {
  const [first] = rows
  if (!first) return
  const head = Object.keys(first)
  const columns = head.map((name) => ({ alignment: typeof first[name] === 'number' ? ('right' as const) : ('left' as const) }))
  const cells = [head, ...rows.map((row) => head.map((name) => stripVTControlCharacters(text(row[name] ?? ''))))]
  console.log(table(cells, { columns, drawHorizontalLine: (i, n) => i === 0 || i === 1 || i === n }).trimEnd())
}

/** Prints what was measured, and with what: `about` and a table, or all as one line of JSON. */
export function printResult(about: object, rows: readonly Readonly<Record<string, Cell>>[], json: boolean): void {
  if (json) console.log(JSON.stringify({ ...about, results: rows }))
  else {
    console.log(about)
    printTable(rows)
  }
}
