import type { WindowOfEvents } from './lake.ts'

/** The last revision of each window and kind, sorted, without its number. */
export function latestOf(rows: readonly WindowOfEvents[]): Omit<WindowOfEvents, 'revision'>[] {
  const latest = new Map<string, WindowOfEvents>()
  for (const row of rows) {
    const key = `${row.window_start.toISOString()} ${row.kind}`
    const before = latest.get(key)
    if (before?.revision === row.revision) throw new Error(`revision ${row.revision} of ${key} is there twice`)
    if (!before || before.revision < row.revision) latest.set(key, row)
  }
  return [...latest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { revision: _, ...row }]) => row)
}
