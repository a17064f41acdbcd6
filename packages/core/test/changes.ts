import { count } from '../src/aggregate/count.ts'
import type { Message } from '../src/batch/message.ts'
import type { CommitLog } from '../src/connectors/commit-log.ts'
import type { Sink } from '../src/connectors/sink.ts'
import type { Source } from '../src/connectors/source.ts'
import { into } from '../src/operators/into.ts'
import { windowed } from '../src/operators/windowed.ts'
import type { FlowChanges } from '../src/pipeline/changes/flow-changes.ts'
import { pipeline } from '../src/pipeline/pipeline.ts'
import { memoryLog } from '../src/testing/memory-log.ts'
import { memorySink } from '../src/testing/memory-sink.ts'
import { memorySource } from '../src/testing/memory-source.ts'
import { tumbling } from '../src/window/tumbling.ts'
import { Event, messages, type Numbered, numbered } from './lake.ts'

/** Sinks of flows that a test adds, changes and drops; they and the log outlive each program. */
const makeSinks = () => ({
  old: memorySink<Event>('old'),
  joined: memorySink<Event>('joined'),
  numbered: memorySink<Numbered>('numbered'),
  windows: memorySink<{ rows: number }>('windows'),
})
type FlowName = keyof ReturnType<typeof makeSinks>

interface Program {
  readonly changes?: FlowChanges | undefined
  readonly size?: '10s' | '5s'
  /** Where the windows go, instead of the sink of the world. */
  readonly shown?: Sink<{ rows: number }>
  readonly log?: CommitLog
  readonly source?: Source<Event>
}

/** A log of one partition that grows, and programs over it with some of the flows. */
export function world<L extends CommitLog = ReturnType<typeof memoryLog>>(log = memoryLog() as CommitLog as L, rows = 1_000_000) {
  const script: number[] = []
  const partition: Message[] = []
  const sinks = makeSinks()
  const source = (until: 'now' | 'never' = 'now') => memorySource({ schema: Event, partitions: [partition], until })
  const program = (names: readonly FlowName[], { changes, size = '10s', shown = sinks.windows, log: own = log, source: read = source() }: Program) =>
    pipeline({
      name: 'changing',
      source: read,
      log: own,
      range: { rows },
      ...(changes ? { changes } : {}),
      flows: (events) => {
        const all = {
          old: events.pipe(into(sinks.old)),
          joined: events.pipe(into(sinks.joined)),
          numbered: events.pipe(numbered(), into(sinks.numbered)),
          windows: events.pipe(windowed(tumbling({ size }), { aggregate: { rows: count() } }), into(shown as Sink<unknown>)),
        }
        return Object.fromEntries(names.map((name) => [name, all[name]]))
      },
    })
  return {
    log,
    sinks,
    source,
    /** Adds a row for each second. */
    add(...seconds: number[]) {
      script.push(...seconds)
      partition.splice(0, partition.length, ...messages(script))
    },
    program,
    run: (names: readonly FlowName[], changes?: FlowChanges, size: '10s' | '5s' = '10s', shown: Sink<{ rows: number }> = sinks.windows) =>
      program(names, { changes, size, shown }).run({ handleSignals: false }),
  }
}

/** The seconds at which windows start, each once. */
export const starts = (rows: readonly unknown[]) =>
  [...new Set(rows.map((row) => (row as { window_start: Date }).window_start.getUTCSeconds()))].sort((a, b) => a - b)
