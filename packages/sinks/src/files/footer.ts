import type { Json, Range, Schema, TaskId } from '@tickets/core'

/** The same text for the same value, whatever the order in which keys were set. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value as { readonly [key: string]: Json }).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`
}

/**
 * Returns the metadata of a file (docs/internals/protocol.md#7.4), as JSON under the one key `tickets`. It holds no clock time: the same range
 * gives the same bytes.
 *
 * `partitions` names the columns that are in the path and not in the file. There is one key because parquet-wasm keeps the metadata in a hash map
 * whose order changes with every file.
 */
export function footerOf(
  schema: Schema<unknown>,
  { flow, task }: TaskId,
  { from, to }: Range,
  partitions?: readonly string[],
): ReadonlyMap<string, string> {
  const text = (position: Json) => (typeof position === 'string' ? position : canonical(position))
  const about = {
    schema: schema.name,
    version: schema.version,
    keys: schema.keys,
    flow,
    task,
    from: text(from),
    to: text(to),
    ...(partitions && { partitions }),
  }
  return new Map([['tickets', JSON.stringify(about)]])
}
