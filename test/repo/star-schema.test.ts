import { expect, test } from 'vitest'
import { read, tracked } from './files.ts'

interface Table {
  readonly columns: Readonly<Record<string, string>>
  readonly primary: readonly string[]
  /** Column → table. */
  readonly foreign: Readonly<Record<string, string>>
}

const byName = (entries: readonly (readonly [string, string])[]) => Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)))

/** The tables that the migrations make. */
function tablesOf(sql: string): Record<string, Table> {
  const tables = [...sql.matchAll(/CREATE TABLE IF NOT EXISTS (\w+) \(\n([\s\S]*?)\n\)/g)].map(([, name = '', body = '']) => {
    const columns = [...body.matchAll(/^ {2}([a-z]\w*) ([A-Z]+)/gm)].map(([, column = '', type = '']) => [column, type.toLowerCase()] as const)
    const primary = /PRIMARY KEY \(([^)]*)\)/.exec(body)?.[1]?.split(', ') ?? []
    const foreign = [...body.matchAll(/FOREIGN KEY \((\w+)\) REFERENCES (\w+)/g)].map(([, column = '', to = '']) => [column, to] as const)
    return [name, { columns: byName(columns), primary: primary.sort(), foreign: byName(foreign) }] as const
  })
  return Object.fromEntries(tables)
}

/** The tables that an erDiagram shows. */
function tablesIn(diagram: string): Record<string, Table> {
  const links = [...diagram.matchAll(/^ *(\w+) \S+--\S+ (\w+) : (\w+)$/gm)].map(([, to = '', from = '', column = '']) => ({ to, from, column }))
  const tables = [...diagram.matchAll(/^ *(\w+) \{\n([\s\S]*?)\n *\}/gm)].map(([, name = '', body = '']) => {
    const lines = body.split('\n').map((line) => line.trim().split(/[ ,]+/))
    const marked = (key: string) => lines.filter(([, , ...keys]) => keys.includes(key)).map(([, column = '']) => column)
    const foreign = links.filter(({ from }) => from === name).map(({ column, to }) => [column, to] as const)
    expect(marked('FK').sort(), name).toEqual(foreign.map(([column]) => column).sort())
    return [
      name,
      { columns: byName(lines.map(([type = '', column = '']) => [column, type])), primary: marked('PK').sort(), foreign: byName(foreign) },
    ] as const
  })
  return Object.fromEntries(tables)
}

test('the erDiagram of docs/guides/warehouse.md shows the tables, columns and keys that the migrations make', () => {
  const sql = tracked.filter((path) => /warehouse\/migrations\/.*\.sql$/.test(path)).map(read)
  const made = tablesOf(sql.join('\n'))
  expect(Object.keys(made)).toHaveLength(9)
  const diagram = /```mermaid\n(erDiagram[\s\S]*?)```/.exec(read('docs/guides/warehouse.md'))?.[1] ?? ''
  expect(tablesIn(diagram)).toEqual(made)
})
