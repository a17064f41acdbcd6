/** What the `tickets` key of a file's metadata says (docs/internals/protocol.md#7.4). */
export interface Footer {
  readonly schema: string
  readonly version: number
  readonly keys: readonly string[]
  readonly flow: string
  readonly partitions?: readonly string[]
  /** Task → the ranges that its rows came from, as texts, in order; those that touch are one. */
  readonly tasks: Readonly<Record<string, readonly (readonly [from: string, to: string])[]>>
}

/** Reads a footer, of a range's file or of a compacted one; null where there is none of ours. */
export function parseFooter(text: string | undefined): Footer | null {
  if (text === undefined) return null
  try {
    const said = JSON.parse(text) as Partial<Footer> & { task?: unknown; from?: unknown; to?: unknown }
    const { schema, version, keys, flow, partitions, tasks, task, from, to } = said
    if (typeof schema !== 'string' || typeof version !== 'number' || !Array.isArray(keys) || typeof flow !== 'string') return null
    const one = typeof task === 'string' && typeof from === 'string' && typeof to === 'string' ? { [task]: [[from, to] as const] } : {}
    return { schema, version, keys, flow, ...(partitions ? { partitions } : {}), tasks: tasks ?? one }
  } catch {
    return null
  }
}

/** Ranges in a footer of one task, at the most: beyond that the oldest become one that spans them. */
const MOST = 200

/**
 * Returns the footer of a file that was merged from files with these footers, in their order. It holds no clock time: the same files give the same
 * bytes.
 */
export function mergedFooter(footers: readonly Footer[]): Footer | null {
  const [first] = footers
  if (!first) return null
  const tasks: Record<string, [string, string][]> = {}
  for (const footer of footers) {
    for (const [task, ranges] of Object.entries(footer.tasks)) {
      tasks[task] ??= []
      const all = tasks[task]
      for (const [from, to] of ranges) {
        const last = all.at(-1)
        if (last?.[1] === from) last[1] = to
        else all.push([from, to])
      }
    }
  }
  for (const ranges of Object.values(tasks)) {
    const old = ranges.splice(0, Math.max(0, ranges.length - MOST + 1))
    const [from] = old
    if (from) ranges.unshift([from[0], old.at(-1)?.[1] ?? from[1]])
  }
  const sorted = Object.fromEntries(Object.entries(tasks).sort(([a], [b]) => (a < b ? -1 : 1)))
  const { schema, version, keys, flow, partitions } = first
  return { schema, version, keys, flow, ...(partitions ? { partitions } : {}), tasks: sorted }
}

/** Returns the JSON of a merged footer. `task`, `from` and `to` are there only if it is one range of one task; `tasks` is always there. */
export function footerText(footer: Footer): string {
  const { schema, version, keys, flow, partitions, tasks } = footer
  const [[task, ranges] = ['', []], ...others] = Object.entries(tasks)
  const [range] = ranges
  const single = range && others.length === 0 && ranges.length === 1 ? { task, from: range[0], to: range[1] } : {}
  return JSON.stringify({ schema, version, keys, flow, ...single, ...(partitions ? { partitions } : {}), tasks })
}
