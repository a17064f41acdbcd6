import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type LogEventDefinition, logEvents } from '../packages/core/src/base/log/log-events.ts'
import { root } from '../test/repo/files.ts'
import { table, withSection } from './monitor-docs.ts'

// Writes the table of events into docs/operations/logs.md; test/repo/log-events.test.ts fails where it is old.
export const PAGE = 'docs/operations/logs.md'

/** The page with the table as the catalogue is now. */
export function withEvents(page: string): string {
  const all: readonly (readonly [string, LogEventDefinition])[] = Object.entries(logEvents)
  const rows = all.map(([name, { level, by, fields, when }]) => {
    const shown = by === 'pipeline' ? ['pipeline', ...fields] : fields
    return [`\`${name}\``, level, shown.map((field) => `\`${field}\``).join(', '), `${when}.`]
  })
  const events = table(['event', 'level', 'fields', 'when'], rows)
  return withSection(page, 'events', events)
}

if (process.argv[1] === import.meta.filename) {
  const path = join(root, PAGE)
  await writeFile(path, withEvents(await readFile(path, 'utf8')))
}
