import { valueIn } from '../base/own-names.ts'
import type { Schema } from '../batch/batch.ts'

/** What a reader finds in one output. */
export interface Output {
  readonly rows: readonly object[]
  /** The columns that name a row which may be revised; with them the highest `revision` of each counts (docs/internals/protocol.md#7.2). */
  readonly keys?: readonly string[]
}

/** The output of each flow, by its name. */
export type Outputs = Readonly<Record<string, Output>>

/** Returns the outputs of sinks whose rows can be read, such as `memorySink`. Throws for other sinks. */
export function outputsOf(sinks: Readonly<Record<string, object>>): Outputs {
  return Object.fromEntries(
    Object.entries(sinks).map(([name, sink]): [string, Output] => {
      const { rows, schema } = sink as { rows?: readonly object[]; schema?: Schema<unknown> | null }
      if (!rows) throw new Error(`the sink "${name}" has no \`rows\` to compare: give the world \`outputs\``)
      return [name, { rows: [...rows], keys: schema?.keys ?? [] }]
    }),
  )
}

const text = (row: object) => JSON.stringify(Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))))

const revised = (row: object): row is { revision: number } => 'revision' in row && typeof row.revision === 'number'

/** Returns the final rows as sorted text; of rows with a revision only the last one. `twice` lists those that have one key and revision twice. */
export function finalRows({ rows, keys = [] }: Output): { rows: string[]; twice: string[] } {
  const found: string[] = []
  const twice: string[] = []
  const last = new Map<string, Map<number, object>>()
  for (const row of rows) {
    if (!revised(row) || keys.length === 0) {
      found.push(text(row))
      continue
    }
    const key = JSON.stringify(keys.map((name) => valueIn(row as object, name) ?? null))
    const revisions = last.get(key) ?? new Map<number, object>()
    if (revisions.has(row.revision)) twice.push(text(row))
    last.set(key, revisions.set(row.revision, row))
  }
  for (const revisions of last.values()) {
    const { revision: _, ...row } = revisions.get(Math.max(...revisions.keys())) as { revision: number }
    found.push(text(row))
  }
  return { rows: found.sort(), twice }
}

/** Returns how two sets of outputs differ, in words; empty when they do not. */
export function differences(expected: Outputs, actual: Outputs): string[] {
  const found: string[] = []
  for (const name of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const [a, b] = [finalRows(expected[name] ?? { rows: [] }), finalRows(actual[name] ?? { rows: [] })]
    const { missing, extra } = compare(a.rows, b.rows)
    for (const row of b.twice) found.push(`${name}: shown twice with the same revision: ${row}`)
    for (const row of missing) found.push(`${name}: missing: ${row}`)
    for (const row of extra) found.push(`${name}: too many: ${row}`)
  }
  return found
}

/** Returns the rows that were visible before and no longer are. */
export function vanished(before: Outputs, after: Outputs): string[] {
  return Object.keys(before).flatMap((name) =>
    compare((before[name]?.rows ?? []).map(text).sort(), (after[name]?.rows ?? []).map(text).sort()).missing.map((row) => `${name}: ${row}`),
  )
}

function compare(expected: readonly string[], actual: readonly string[]): { missing: string[]; extra: string[] } {
  const left = new Map<string, number>()
  for (const row of actual) left.set(row, (left.get(row) ?? 0) + 1)
  const missing: string[] = []
  for (const row of expected) {
    const count = left.get(row) ?? 0
    if (count === 0) missing.push(row)
    else left.set(row, count - 1)
  }
  return { missing, extra: [...left].flatMap(([row, count]) => Array.from({ length: count }, () => row)) }
}
