import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { count } from '../../packages/core/src/aggregate/count.ts'
import { countDistinct } from '../../packages/core/src/aggregate/count-distinct.ts'
import type { LogRecord, PipelineRecord } from '../../packages/core/src/connectors/commit-log.ts'
import type { Sink } from '../../packages/core/src/connectors/sink.ts'
import { into } from '../../packages/core/src/operators/into.ts'
import { windowed } from '../../packages/core/src/operators/windowed.ts'
import { pipeline } from '../../packages/core/src/pipeline/pipeline.ts'
import { defineSchema } from '../../packages/core/src/schema/define.ts'
import { memoryLog } from '../../packages/core/src/testing/memory-log.ts'
import { type MemorySink, memorySink } from '../../packages/core/src/testing/memory-sink.ts'
import { memorySource, messagesOf } from '../../packages/core/src/testing/memory-source.ts'
import { instant } from '../../packages/core/src/values/instant.ts'
import { tumbling } from '../../packages/core/src/window/tumbling.ts'

/**
 * The log of this pipeline after its first 20 rows of each partition, as the release wrote it whose records held sets as lists: engines in version 1, the
 * merge in version 2. No later release may fail to continue from it (law 6). First the pipeline record, then `[task, record]` in each line.
 */
const [first = '', ...lines] = readFileSync(new URL('./older-release.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
const records = lines.map((line) => JSON.parse(line) as readonly [string, LogRecord])

const Call = defineSchema(z.object({ at: instant(), kind: z.enum(['a', 'b']), who: z.string() }), { name: 'call', time: 'at' })
const START = Date.UTC(2026, 0, 1)
/** The log ends within the first of three minutes. */
const calls = (partition: number) =>
  Array.from({ length: 180 }, (_, i) => ({
    at: new Date(START + i * 1000).toISOString(),
    kind: i % 3 === 0 ? 'a' : 'b',
    who: `CLIENT_${1000 + ((i * 5 + partition * 3) % 11)}`,
  }))
const partitions = [0, 1].map(calls)

async function storedLog() {
  const log = memoryLog()
  await log.begin(JSON.parse(first) as PipelineRecord)
  for (const [task, record] of records) await log.append(task, record)
  return log
}

/** Returns the sink as the older release left it: what its records name is visible. */
function leftBy<T>(sink: MemorySink<T>): Sink<T> {
  const attempts = new Set(records.map(([, { attempt }]) => attempt))
  return {
    ...sink,
    async open(at, schema) {
      const writer = await sink.open(at, schema)
      return { ...writer, publish: async (staged) => (attempts.has((staged as { attempt: string }).attempt) ? undefined : writer.publish(staged)) }
    },
  }
}

/** Runs the pipeline to the end of its source. */
async function continued(log: ReturnType<typeof memoryLog>) {
  const sinks = { minutes: memorySink<Counted>('minutes'), changes: memorySink<Counted>('changes'), hours: memorySink<Counted>('hours') }
  const aggregate = { calls: count(), people: countDistinct('who') }
  const minute = tumbling({ size: '1 minute' })
  await pipeline({
    name: 'calls',
    source: memorySource({ schema: Call, partitions: partitions.map((rows) => messagesOf(rows)) }),
    log,
    range: { rows: 12 },
    flows: (rows) => ({
      minutes: rows.pipe(windowed(minute, { by: 'kind', aggregate }), into(leftBy(sinks.minutes) as never)),
      changes: rows.pipe(windowed(minute, { aggregate, emit: 'updates' }), into(leftBy(sinks.changes) as never)),
      hours: rows.pipe(
        windowed(minute, { by: 'who', aggregate: { calls: count() }, id: 'people' }),
        windowed(tumbling({ size: '1 hour' }), { aggregate: { people: countDistinct('who') } }),
        into(leftBy(sinks.hours) as never),
      ),
    }),
  }).run()
  return sinks
}

interface Counted {
  readonly window_start: Date
  readonly kind?: string
  readonly calls?: number
  readonly people: number
  readonly revision: number
}

/** The last revision of each window and key: `minute kind` → calls and people. */
function lastOf(rows: readonly Counted[]): Record<string, readonly [number | undefined, number]> {
  const found = new Map<string, Counted>()
  for (const row of rows) {
    const key = `${(row.window_start.getTime() - START) / 60_000} ${row.kind ?? ''}`
    if (row.revision > (found.get(key)?.revision ?? -1)) found.set(key, row)
  }
  return Object.fromEntries([...found].map(([key, { calls, people }]) => [key, [calls, people] as const]))
}

/** The same of all rows of both partitions. */
function counted(keyOf: (row: ReturnType<typeof calls>[number]) => string): Record<string, readonly [number, number]> {
  const groups = new Map<string, string[]>()
  for (const row of partitions.flat()) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row.who])
  return Object.fromEntries([...groups].map(([key, who]) => [key, [who.length, new Set(who).size] as const]))
}

const minuteOf = ({ at }: { readonly at: string }) => Math.floor((Date.parse(at) - START) / 60_000)

test('a log of the release before sets were compact continues, with the rows that it holds counted once', async () => {
  const log = await storedLog()
  const { minutes, changes, hours } = await continued(log)
  expect(lastOf(minutes.rows)).toEqual(counted((row) => `${minuteOf(row)} ${row.kind}`))
  expect(lastOf(changes.rows)).toEqual(counted((row) => `${minuteOf(row)} `))
  expect(hours.rows.map(({ people }) => people)).toEqual([11])
})
