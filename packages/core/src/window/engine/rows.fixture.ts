import * as z from 'zod'
import { Batch } from '../../batch/batch.ts'
import { defineSchema } from '../../schema/define.ts'
import { PartitionClock } from '../../time/watermark.ts'
import { instant } from '../../values/instant.ts'

export const Row = defineSchema(z.object({ key: z.string(), at: instant() }), { name: 'row', time: 'at' })

/** Returns a batch of `[key, time in ms]` with watermarks, as a task gets it. */
export function rowsOf(rows: readonly (readonly [string, number])[], clock = new PartitionClock(0)): Batch<unknown> {
  return clock.stamp(
    Batch.of(
      Row,
      rows.map(([key, at]) => ({ key, at: new Date(at) })),
    ),
  )
}
