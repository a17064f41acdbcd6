import type { ErrorCode, Flows, PipelineOptions, RunSummary } from '@tickets/core'
import { defineSchema, instant, into, pipeline, type RowOf, type Sink } from '@tickets/core'
import { memoryLog, memorySink, memorySource, messagesOf } from '@tickets/core/testing'
import * as z from 'zod'

/** How an error comes about. */
export interface Reproduction {
  readonly code: ErrorCode
  /** What is done, as the page says it: a sentence without its end. */
  readonly when: string
  /** Does it, in an empty folder. Throws the error. */
  run(folder: string, brokers: readonly string[]): unknown
  /** What it needs that a machine may lack. */
  readonly needs?: 'broker'
}

/** A row of most reproductions. */
export const Event = defineSchema(z.object({ at: instant(), i: z.int() }), { name: 'event', version: 1, time: 'at' })
export type Event = RowOf<typeof Event>

/** Returns events as messages have them, a minute apart. */
export const eventsOf = (...all: readonly number[]) => all.map((i) => ({ at: new Date(Date.UTC(2026, 0, 1, 0, i)).toISOString(), i }))

/** Returns events as the lines of a file. */
export const linesOf = (...all: readonly number[]): string =>
  eventsOf(...all)
    .map((event) => `${JSON.stringify(event)}\n`)
    .join('')

/** A source of three events in memory. */
export const threeEvents = () => memorySource({ schema: Event, partitions: [messagesOf(eventsOf(1, 2, 3))] })

/** Runs a pipeline over three events, with its log in memory unless it is said otherwise. */
export const run = (options: Partial<PipelineOptions<Event, number>> & { readonly flows: Flows<Event> }, signal?: AbortSignal): Promise<RunSummary> =>
  pipeline({ name: 'lake', source: threeEvents(), log: memoryLog(), ...options }).run({ handleSignals: false, ...(signal && { signal }) })

/** Returns flows with one, which ends in a sink. */
export const oneFlow =
  (sink: Sink<Event> = memorySink('all')): Flows<Event> =>
  (events) => ({ all: events.pipe(into(sink)) })
