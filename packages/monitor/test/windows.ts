import { Batch, defineSchema, instant, type Range, type Schema, type TaskId } from '@tickets/core'
import * as z from 'zod'

/** A row of windows by type, as `windowed` with `emit: 'updates'` makes them. */
export interface ByType {
  window_start: Date
  window_end: Date
  type: 'billing' | 'technical'
  tickets: number
  mean: number | null
  label: string
  revision: number
  is_final: boolean
}

const shape = z.object({
  window_start: instant(),
  window_end: instant(),
  type: z.enum(['billing', 'technical']),
  tickets: z.int(),
  mean: z.number().nullable(),
  label: z.string(),
  revision: z.int32(),
  is_final: z.boolean(),
})

/** The schema of such rows. */
export const byType: Schema<ByType> = {
  ...defineSchema(shape, { name: 'by_type', version: 1, time: 'window_start' }),
  keys: ['window_start', 'window_end', 'type'],
}

/** A row of the window of minute `minute` of 1970. */
export const windowOf = (minute: number, more: Partial<ByType> = {}): ByType => ({
  window_start: new Date(minute * 60_000),
  window_end: new Date((minute + 1) * 60_000),
  type: 'billing',
  tickets: 1,
  mean: null,
  label: 'x',
  revision: 0,
  is_final: false,
  ...more,
})

export const batchOf = (...rows: ByType[]): Batch<ByType> => Batch.of(byType, rows)

export const at: TaskId = { logId: 'log1', task: 'merge', flow: 'by_type' }

export const range: Range = { from: 0, to: 1, empty: false }
