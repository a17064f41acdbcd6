import fc from 'fast-check'
import * as z from 'zod'
import { count } from '../src/aggregate/count.ts'
import { countDistinct } from '../src/aggregate/count-distinct.ts'
import { Batch } from '../src/batch/batch.ts'
import type { Message } from '../src/batch/message.ts'
import type { CommitLog } from '../src/connectors/commit-log.ts'
import type { DeadLetter } from '../src/connectors/dead-letter.ts'
import type { LateRow } from '../src/connectors/late-row.ts'
import type { Sink } from '../src/connectors/sink.ts'
import type { Source } from '../src/connectors/source.ts'
import { filterRows } from '../src/operators/filter-rows.ts'
import { into } from '../src/operators/into.ts'
import { statefulOperator } from '../src/operators/stateful-operator.ts'
import { windowed } from '../src/operators/windowed.ts'
import type { PipelineOptions } from '../src/pipeline/options.ts'
import { type Pipeline, pipeline } from '../src/pipeline/pipeline.ts'
import { defineSchema } from '../src/schema/define.ts'
import { memoryLog } from '../src/testing/memory-log.ts'
import { memorySink } from '../src/testing/memory-sink.ts'
import { memorySource } from '../src/testing/memory-source.ts'
import { quickClock } from '../src/testing/quick-clock.ts'
import { instant } from '../src/values/instant.ts'
import { tumbling } from '../src/window/tumbling.ts'

/** A small row: when, what kind, who. */
export const Event = defineSchema(z.object({ at: instant(), kind: z.enum(['a', 'b', 'c']), who: z.int() }), { name: 'event', time: 'at' })
export interface Event {
  at: Date
  kind: 'a' | 'b' | 'c'
  who: number
}

export const Numbered = defineSchema(z.object({ at: instant(), who: z.int(), number: z.int() }), { name: 'numbered', time: 'at' })
export interface Numbered {
  at: Date
  who: number
  number: number
}

/** Counts the rows of its task: what it gives depends on all that came before. */
export const numbered = () =>
  statefulOperator<Event, Numbered, { seen: number }>({
    id: 'numbered',
    init: () => ({ seen: 0 }),
    onBatch: (state, batch) =>
      Batch.of(
        Numbered,
        batch.toArray().map(({ at, who }) => ({ at, who, number: ++state.seen })),
      ),
    snapshot: ({ seen }) => ({ seen }),
    restore: (saved) => ({ seen: (saved as { seen: number }).seen }),
  })

export interface WindowOfEvents {
  window_start: Date
  window_end: Date
  kind: Event['kind']
  rows: number
  people: number
  revision: number
}

/** Every kind of output that there is: rows, some of them, numbered ones, windows, late rows, dead letters. */
export interface LakeSinks {
  all: Sink<Event>
  some: Sink<Event>
  numbered: Sink<Numbered>
  windows: Sink<WindowOfEvents>
  late: Sink<LateRow>
  dead: Sink<DeadLetter>
}

export const memorySinks = () => ({
  all: memorySink<Event>('all'),
  some: memorySink<Event>('some'),
  numbered: memorySink<Numbered>('numbered'),
  windows: memorySink<WindowOfEvents>('windows'),
  late: memorySink<LateRow>('late'),
  dead: memorySink<DeadLetter>('dead'),
})

export type LakeOptions = Partial<Omit<PipelineOptions<Event, number>, 'source' | 'log' | 'flows'>>

/** A pipeline with all of them. */
export function lake({ source, log, sinks }: { source: Source<Event>; log: CommitLog; sinks: LakeSinks }, options: LakeOptions = {}): Pipeline {
  return pipeline({
    name: 'lake',
    source,
    log,
    clock: quickClock,
    deadLetters: sinks.dead,
    late: sinks.late,
    range: { rows: 3 },
    flows: (events) => ({
      all: events.pipe(into(sinks.all)),
      some: events.pipe(
        filterRows((row) => row.kind !== 'a'),
        into(sinks.some),
      ),
      numbered: events.pipe(numbered(), into(sinks.numbered)),
      windows: events.pipe(
        windowed(tumbling({ size: '10 seconds' }), { by: 'kind', aggregate: { rows: count(), people: countDistinct('who') } }),
        into(sinks.windows as never),
      ),
    }),
    ...options,
  })
}

const text = new TextEncoder()

/** Rows of one partition: seconds of their event time; a string is an invalid message; a hole is an offset that is missing. */
export type Script = readonly (number | string | null)[]

export function messages(script: Script, partition = 0): Message[] {
  return script.flatMap((item, offset) => {
    if (item === null) return []
    if (typeof item === 'string') return [{ offset, value: text.encode(item) }]
    const row = {
      at: new Date(Date.UTC(2026, 0, 1) + item * 1000).toISOString(),
      kind: 'abc'[offset % 3],
      who: partition * 1000 + (offset % 5),
    }
    return [{ offset, value: text.encode(JSON.stringify(row)) }]
  })
}

export const scripts = (most: { partitions: number; rows: number }): fc.Arbitrary<Script[]> =>
  fc.array(
    fc.array(
      fc.oneof(
        { weight: 8, arbitrary: fc.integer({ min: 0, max: 60 }) },
        { weight: 1, arbitrary: fc.constantFrom('{"no":1}', 'not JSON') },
        { weight: 1, arbitrary: fc.constant(null) },
      ),
      { maxLength: most.rows },
    ),
    { minLength: 1, maxLength: most.partitions },
  )

export interface LakeWorld {
  readonly source: Source<Event>
  readonly log: ReturnType<typeof memoryLog>
  readonly sinks: ReturnType<typeof memorySinks>
}

export interface WorldOptions {
  readonly chunk?: number
  readonly until?: Source<Event>['until']
  /** Whether the sinks let a range be staged while the one before it is recorded and published; they do by default. */
  readonly stagesAhead?: boolean
}

export function memoryWorld(partitions: readonly Script[], { chunk = 2, until = 'complete', stagesAhead = true }: WorldOptions = {}): LakeWorld {
  const all = partitions.map((script, p) => messages(script, p))
  const sinks = memorySinks()
  if (!stagesAhead) for (const sink of Object.values<Sink<never>>(sinks)) stageInTurn(sink)
  return { source: memorySource({ schema: Event, partitions: all, chunk, until }), log: memoryLog(), sinks }
}

function stageInTurn<T>(sink: Sink<T>): void {
  const { open } = sink
  sink.open = async (...at) => ({ ...(await open(...at)), stagesAhead: false })
}
