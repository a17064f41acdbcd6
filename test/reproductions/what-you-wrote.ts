import { Batch, defineSchema, into, keyedOperator, mapRows, tumbling } from '@tickets/core'
import { memorySink, memorySource, messagesOf } from '@tickets/core/testing'
import { concatMap, delay, filter, lastValueFrom, map, of, switchMap, take } from 'rxjs'
import { vi } from 'vitest'
import * as z from 'zod'
import { Event, eventsOf, type Reproduction, run } from './reproduction.ts'

const all = () => into<Event>(memorySink<Event>('all'))

/** Errors of schemas, options, operators and flows. */
export const ofWhatYouWrote: readonly Reproduction[] = [
  {
    code: 'SCHEMA_UNSUPPORTED',
    when: 'A schema has a column `at: z.date()`',
    run: () => defineSchema(z.object({ at: z.date() }), { name: 'order', version: 1, time: 'at' as never }),
  },
  {
    code: 'SCHEMA_MISMATCH',
    when: 'A flow turns its batches into arrays with `map((batch) => [...batch])`',
    run: () =>
      run({
        flows: (events) => ({
          all: events.pipe(
            map((batch) => [...batch]),
            all() as never,
          ),
        }),
      }),
  },
  {
    code: 'BATCH_VALUE',
    when: "`Batch.of` gets the text `'seven'` for a column `z.int()`",
    run: () => Batch.of(Event, [{ at: new Date(0), i: 'seven' as never }]),
  },
  { code: 'OPTION_INVALID', when: 'A window is made with `tumbling({ size: 0 })`', run: () => tumbling({ size: 0 }) },
  {
    code: 'DUPLICATE_CORE',
    when: 'A pipeline of one copy of `@tickets/core` uses `into` of another copy',
    async run() {
      vi.resetModules()
      const other = await import('@tickets/core')
      await run({ flows: (events) => ({ all: events.pipe(other.into(memorySink('all') as never) as never) }) })
    },
  },
  {
    code: 'OPERATOR_SCOPE',
    when: '`into(sink)` is subscribed to outside of a pipeline',
    run: () => lastValueFrom(of(Batch.of(Event, [])).pipe(all())),
  },
  {
    code: 'OPERATOR_ASYNC',
    when: 'A flow delays each batch that has rows with `delay(1)`',
    run: () =>
      run({
        flows: (events) => ({
          all: events.pipe(
            concatMap((batch) => (batch.length === 0 ? of(batch) : of(batch).pipe(delay(1)))),
            all(),
          ),
        }),
      }),
  },
  {
    code: 'OPERATOR_STATE',
    when: 'A `keyedOperator` keeps a `Map` in its state',
    run: () =>
      run({
        source: memorySource({ schema: Event, partitions: [messagesOf(eventsOf(1, 2, 3))], until: 'now' }),
        flows: (events) => ({
          all: events.pipe(
            keyedOperator(Event, {
              by: 'i',
              ttl: '1 day',
              init: () => ({ seen: new Map<string, number>() }) as never,
              onRow: (row, { state, emit }) => {
                Object.assign(state, { last: row.i })
                emit(row)
              },
            }),
            all(),
          ),
        }),
      }),
  },
  {
    code: 'FLOW_FAILED',
    when: 'The function of a `mapRows` throws',
    run: () =>
      run({
        flows: (events) => ({
          all: events.pipe(
            mapRows(Event, ({ i }) => {
              throw new Error(`no price for ${i}`)
            }),
            all(),
          ),
        }),
      }),
  },
  { code: 'FLOW_COMPLETED', when: 'A flow has `take(1)`', run: () => run({ flows: (events) => ({ all: events.pipe(take(1), all()) }) }) },
  {
    code: 'FLOW_RESUBSCRIBED',
    when: 'A flow has a `switchMap` that leads back to its source',
    run: () =>
      run({
        flows: (events) => ({
          all: events.pipe(
            switchMap((batch) => (batch.length === 0 ? of(batch) : events.pipe(map(() => batch)))),
            all(),
          ),
        }),
      }),
  },
  {
    code: 'FLOW_SILENT',
    when: 'A flow drops empty batches with `filter((batch) => batch.length > 0)`',
    run: () =>
      run({
        flows: (events) => ({
          all: events.pipe(
            filter((batch) => batch.length > 0),
            all(),
          ),
        }),
      }),
  },
  {
    code: 'FLOW_TARGET',
    when: 'Two flows write to one target',
    run: () => run({ flows: (events) => ({ first: events.pipe(all()), second: events.pipe(all()) }) }),
  },
]
