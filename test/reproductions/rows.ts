import { Batch, count, defineSchema, instant, into, mapRows, sum, tumbling, windowed } from '@tickets/core'
import { memorySink, memorySource, messagesOf } from '@tickets/core/testing'
import { callbackSink, jsonSink } from '@tickets/sinks'
import { map } from 'rxjs'
import * as z from 'zod'
import { Event, eventsOf, oneFlow, type Reproduction, run } from './reproduction.ts'

const Reading = defineSchema(z.object({ at: instant(), value: z.number() }), { name: 'reading', version: 1, time: 'at' })

/** Errors of rows, results, state and sinks while a pipeline runs. */
export const ofRows: readonly Reproduction[] = [
  {
    code: 'WATERMARK_LOST',
    when: 'A flow makes its batches anew with `Batch.of` before a `windowed`',
    run: () =>
      run({
        flows: (events) => ({
          minutes: events.pipe(
            map((batch) => Batch.of(Event, [...batch])),
            windowed(tumbling({ size: '1 minute' }), { aggregate: { events: count() } }),
            into(memorySink('minutes')),
          ),
        }),
      }),
  },
  {
    code: 'REJECTED_MESSAGE',
    when: 'A message is no event, and the pipeline has no `deadLetters`',
    run: () => run({ source: memorySource({ schema: Event, partitions: [messagesOf(['{"i":"seven"}'])] }), flows: oneFlow() }),
  },
  {
    code: 'RESULT_REFUSED',
    when: 'The sum of a window is beyond 2^53, and the pipeline has no `deadLetters`',
    run() {
      const [event] = eventsOf(1)
      const large = { ...event, i: Number.MAX_SAFE_INTEGER }
      return run({
        source: memorySource({ schema: Event, partitions: [messagesOf([large, large])] }),
        flows: (events) => ({
          minutes: events.pipe(windowed(tumbling({ size: '1 minute' }), { aggregate: { total: sum('i') } }), into(memorySink('minutes'))),
        }),
      })
    },
  },
  {
    code: 'STATE_LIMIT',
    when: 'A `windowed` with `maxKeys: 2` gets a third key',
    run: () =>
      run({
        flows: (events) => ({
          hours: events.pipe(
            windowed(tumbling({ size: '1 hour' }), { by: 'i', maxKeys: 2, aggregate: { events: count() } }),
            into(memorySink('hours')),
          ),
        }),
      }),
  },
  {
    code: 'SINK_FAILED',
    when: 'The function of a `callbackSink` throws',
    run: () =>
      run({
        flows: oneFlow(
          callbackSink(() => {
            throw Object.assign(new Error('the mail server is closed'), { retryable: false })
          }),
        ),
      }),
  },
  {
    code: 'ENCODER_FAILED',
    when: 'A row has the number `Infinity`, which JSON cannot express, for a `jsonSink`',
    run: (folder) =>
      run({
        flows: (events) => ({
          readings: events.pipe(
            mapRows(Reading, ({ at }) => ({ at, value: Number.POSITIVE_INFINITY })),
            into(jsonSink(`${folder}/readings`)),
          ),
        }),
      }),
  },
  {
    code: 'DRAIN_DEADLINE',
    when: 'A pipeline with `drainTimeout: 50` is stopped while its sink hangs',
    run() {
      const stop = new AbortController()
      const hangs = callbackSink<Event>(() => {
        stop.abort()
        return new Promise(() => {})
      })
      return run({ drainTimeout: 50, flows: oneFlow(hangs) }, stop.signal)
    },
  },
]
