import * as z from 'zod'
import { internals } from '../../batch/batch.ts'
import { defineSchema } from '../../schema/define.ts'
import { instant } from '../../values/instant.ts'
import { jsonLines } from './json-lines.ts'

export const Row = defineSchema(z.object({ at: instant(), text: z.string() }), { name: 'row', time: 'at' })
export const line = (text: string) => JSON.stringify({ at: '2026-01-01T00:00:00Z', text })

/** The rows of a file with their positions; it is opened anew after each read. */
export async function readRows(path: string, complete = false): Promise<[number, string][]> {
  const source = jsonLines(path, { schema: Row, complete })
  const { partitions } = await source.describe()
  const { id, end } = partitions[0] as { id: string; end: number }
  const rows: [number, string][] = []
  for (let from = 0; ; ) {
    const reader = await source.open(id, from, { to: end, maxFuture: Number.POSITIVE_INFINITY })
    const chunk = await reader.read({ rows: 7, bytes: 1e6, ms: 100, signal: new AbortController().signal })
    await reader.close()
    if (chunk === 'end') return rows
    from = chunk.position
    const offsets = internals.metadata(chunk.batch)?.offsets ?? []
    rows.push(...chunk.batch.toArray().map(({ text }, i): [number, string] => [offsets[i] ?? -1, text]))
  }
}
