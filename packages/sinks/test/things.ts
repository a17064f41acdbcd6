import { Batch, defineSchema, instant, type Schema, type Sink, type Staged } from '@tickets/core'
import * as z from 'zod'
import { range } from './helpers.ts'

export const shape = { id: z.string(), n: z.int(), ok: z.boolean(), at: instant(), note: z.string().optional() }
/** A row with a column of each plain kind. */
export const Thing = defineSchema(z.object(shape), { name: 'thing', time: 'at' })
export interface Thing {
  id: string
  n: number
  ok: boolean
  at: Date
  note?: string | undefined
}
export const thing = (id: string, n = 1): Thing => ({ id, n, ok: true, at: new Date('2026-11-21T00:00:00.000Z') })

/** Begins with a sink as a pipeline of this log does, and opens a writer of it. */
export async function open(sink: Sink<Thing>, id = 'log1', { takesOver = false, moved = false, schema = Thing } = {}) {
  await sink.begin?.({ id, takesOver, remove: [], moved })
  return sink.open({ logId: id, task: 'tickets-0', flow: 'all' }, schema)
}

/** Writes a thing for each id as range `n`, and publishes it. */
export async function commit(sink: Sink<Thing>, n: number, ids: string[], id = 'log1', options: Parameters<typeof open>[2] = {}) {
  const writer = await open(sink, id, options)
  await writer.write(
    Batch.of(
      options.schema ?? Thing,
      ids.map((one) => thing(one, n)),
    ),
  )
  const staged = (await writer.stage(n, 'a', range(n, n + 1))) as Staged
  await writer.publish(staged)
  await writer.close()
  return staged
}

/** Begins a log on a sink, and gives a writer that stages and publishes one range after the other. */
export async function begun<T>(sink: Sink<T>, schema: Schema<T>, { id = 'log1', task = 'tickets-0' } = {}) {
  const prepared = (await sink.prepare?.({ id })) ?? { takesOver: false, remove: [] }
  await sink.begin?.({ id, ...prepared })
  const writer = await sink.open({ logId: id, task, flow: 'all' }, schema)
  let n = 0
  const commit = async (...rows: T[]) => {
    if (rows.length > 0) await writer.write(Batch.of(schema, rows))
    const staged = (await writer.stage(n++, 'a', range(n, n + 1, rows.length === 0))) as Staged
    await writer.publish(JSON.parse(JSON.stringify(staged)))
  }
  return { writer, commit }
}

/** Writes ranges of rows, and closes the writer. */
export async function writeAll<T>(sink: Sink<T>, schema: Schema<T>, ...ranges: T[][]): Promise<void> {
  const { writer, commit } = await begun(sink, schema)
  try {
    for (const rows of ranges) await commit(...rows)
  } finally {
    await writer.close()
  }
}
